import type { z } from 'zod';
import type { Headers } from '../connector.ts';
import type { AlertEvent, ParseResult, PayloadProblem } from '../../domain/alert-event.ts';
import type { Severity } from '../../domain/vocabulary.ts';
import { shorten } from '../../domain/shorten.ts';
import { firstText, oneLine, textLimits } from '../inbound/bounded-text.ts';
import { fingerprintOf, givenFingerprint } from '../inbound/fingerprint.ts';
import { readInstant } from '../inbound/instant.ts';
import { linksOf } from '../inbound/links.ts';
import { emptyTextMap, httpLink, labelLimits, refusal, type TextMap } from '../inbound/payload-fields.ts';
import { readSeverity, unknownSeverityLabel, type ReadSeverity } from '../inbound/severity-words.ts';
import { soundPayload } from '../inbound/sound-payload.ts';
import { readTags } from '../inbound/tags.ts';
import { Body, LegacyBody, type Data, type Event, type Issue, type MetricAlert, type Project } from './body.ts';

/** What every kind of Sentry's webhooks boils down to. */
interface Finding {
  readonly id: string | null;
  readonly field: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly project: string | null;
  readonly severity: ReadSeverity;
  readonly labels: Readonly<Record<string, string | null>>;
  readonly link: string | null;
  /** Of metric alerts alone: of an issue, `lastSeen` is the time of its last event, which may come from any clock, and no time of the action. */
  readonly startedAt?: unknown;
  readonly closedAt?: unknown;
}

const severityByLevel: ReadonlyMap<string, Severity> = new Map([
  ['fatal', 'SEV1_CRITICAL'],
  ['error', 'SEV2_HIGH'],
  ['warning', 'SEV3_MEDIUM'],
  ['info', 'SEV4_LOW'],
  ['debug', 'SEV4_LOW'],
]);

/** What an issue goes through that is neither its start nor its end: someone was assigned, or muted it. */
const quietActions = new Set(['assigned', 'archived', 'ignored']);

/** By the resource that the header names: the actions that we know, or none where it tells of no alert. */
const actionsOf: ReadonlyMap<string, ReadonlySet<string> | null> = new Map([
  ['issue', new Set(['created', 'triggered', 'unresolved', 'resolved', ...quietActions])],
  ['event_alert', new Set(['triggered'])],
  ['metric_alert', new Set(['critical', 'warning', 'resolved'])],
  ['error', new Set(['created'])],
  ['installation', null],
  ['comment', null],
]);

/** A generic body has one of these at its top, whatever it carries as `data`; Sentry's bodies have none there. */
const ofGeneric = ['title', 'name', 'summary', 'alerts'];

const kinds = ['issue', 'event', 'error', 'metric_alert', 'installation', 'comment_id'];

/** Names what a request of the integration platform is about; other senders (a proxy, a copy of the request) lose it. */
export const resourceHeader = 'sentry-hook-resource';

/** Sentry has no address of its own: its bodies are told from others by its header, else by what lies in `data`. */
export const isSentry = (body: unknown, headers: Headers): boolean => headers[resourceHeader] !== undefined || looksLikeSentry(body);

function looksLikeSentry(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { data } = body as { readonly data?: unknown };
  if (data === undefined) return isLegacy(body);
  if (ofGeneric.some((name) => Object.hasOwn(body, name))) return false;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
  return kinds.some((kind) => Object.hasOwn(data, kind));
}

const isLegacy = (body: object): boolean =>
  Object.hasOwn(body, 'project_slug') && Object.hasOwn(body, 'level') && Object.hasOwn(body, 'culprit');

/**
 * Issue, issue alert, error and metric alert webhooks of Sentry's integration platform, the short form `{action, data: {issue}}`, and the
 * flat body of the legacy webhook. What tells of no alert (an installation, a comment, an assignment, an activity of an issue) is understood
 * as none. Where a header says what it is, what we do not know pages nobody; where not, it fires.
 * https://docs.sentry.io/organization/integrations/integration-platform/webhooks/{issues,issue-alerts,metric-alerts}/
 */
export function parseSentry(body: unknown, headers: Headers): ParseResult {
  const sound = soundPayload(body);
  if (!sound.ok) return sound;
  const resource = headers[resourceHeader]?.slice(0, 60).trim().toLowerCase();
  const actions = resource === undefined ? undefined : actionsOf.get(resource);
  if (actions === null) return nothing;
  if (resource !== undefined && actions === undefined) return unknownKind(resource);
  if (typeof sound.value === 'object' && sound.value !== null && isLegacy(sound.value)) return parseLegacy(sound.value);
  const parsed = Body.safeParse(sound.value);
  if (!parsed.success) return refusal(parsed.error);
  const action = parsed.data.action?.slice(0, 60).trim().toLowerCase() ?? 'triggered';
  if (actions !== undefined && !actions.has(action)) return unknownKind(`${resource}.${action}`);
  const { data } = parsed.data;
  if (quietActions.has(action) || isActivity(data.activity) || isActivity(data.issue?.activity)) return nothing;
  const finding = findingOf(data, action);
  return finding === null ? nothing : asResult(finding, action === 'resolved' ? 'resolved' : 'firing', sound.value);
}

const nothing: ParseResult = { ok: true, alerts: [] };

const unknownKind = (kind: string): ParseResult => ({
  ok: false,
  problem: { field: 'Sentry-Hook-Resource', reason: `is of a kind that is not known here, ${kind.toWellFormed()}: it pages nobody` },
});

/** What happened to an issue, told for its own sake. */
const isActivity = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function parseLegacy(body: unknown): ParseResult {
  const parsed = LegacyBody.safeParse(body);
  if (!parsed.success) return refusal(parsed.error);
  const { action, id, project_slug, culprit, level, message, url, event } = parsed.data;
  const finding: Finding = {
    id: givenFingerprint(id) ?? /\/issues\/(\d+)/.exec(url ?? '')?.[1] ?? null,
    field: 'body',
    title: firstText(event?.title, message, culprit),
    description: firstText(culprit, message),
    project: project_slug,
    severity: bySentryLevel(level),
    labels: { ...eventTags(event?.tags), level, culprit },
    link: url,
  };
  return asResult(finding, action?.trim().toLowerCase() === 'resolved' ? 'resolved' : 'firing', body);
}

function asResult(finding: Finding, status: AlertEvent['status'], raw: unknown): ParseResult {
  const event = toEvent(finding, status, raw);
  return 'field' in event ? { ok: false, problem: event } : { ok: true, alerts: [event] };
}

function findingOf(data: Data, action: string): Finding | null {
  if (data.issue !== undefined) return fromIssue(data.issue);
  if (data.event !== undefined) return fromEvent(data.event, 'data.event', data.triggered_rule);
  if (data.error !== undefined) return fromEvent(data.error, 'data.error', null);
  if (data.metric_alert !== undefined) return fromMetricAlert(data.metric_alert, data, action);
  return null;
}

function fromIssue(issue: z.infer<typeof Issue>): Finding {
  return {
    id: issue.id,
    field: 'data.issue',
    title: firstText(issue.title, issue.culprit, issue.shortId),
    description: issue.culprit,
    project: slugOf(issue.project),
    severity: bySentryLevel(issue.level),
    labels: { level: issue.level, culprit: issue.culprit, platform: issue.platform, short_id: issue.shortId },
    link: firstText(issue.web_url, issue.permalink),
  };
}

/** An event names its project by number; the slug stands in its API address. */
function fromEvent(event: z.infer<typeof Event>, field: string, rule: string | null): Finding {
  return {
    id: event.issue_id,
    field,
    title: firstText(event.title, event.culprit),
    description: event.culprit,
    project: /\/projects\/[^/]+\/([^/]+)\//.exec(event.url ?? '')?.[1] ?? null,
    severity: bySentryLevel(event.level),
    labels: {
      ...eventTags(event.tags),
      level: event.level,
      culprit: event.culprit,
      platform: event.platform,
      ...(event.environment === null ? {} : { environment: event.environment }),
      ...(rule === null ? {} : { rule }),
    },
    link: event.web_url,
  };
}

function fromMetricAlert(alert: z.infer<typeof MetricAlert>, data: Data, action: string): Finding {
  const id = givenFingerprint(alert.id);
  return {
    id: id === null ? null : `metric_alert:${id}`,
    field: 'data.metric_alert',
    title: firstText(alert.alert_rule?.name, data.description_title, alert.title),
    description: data.description_text,
    project: alert.projects?.[0] ?? null,
    severity: { severity: action === 'critical' ? 'SEV1_CRITICAL' : action === 'warning' ? 'SEV2_HIGH' : 'SEV3_MEDIUM' },
    labels: { environment: alert.alert_rule?.environment ?? null },
    link: data.web_url,
    startedAt: alert.date_started,
    closedAt: alert.date_closed,
  };
}

function toEvent(finding: Finding, status: AlertEvent['status'], raw: unknown): AlertEvent | PayloadProblem {
  const id = givenFingerprint(finding.id);
  if (id === null && finding.title === null) return { field: `${finding.field}.id`, reason: 'is missing' };
  const labels = emptyTextMap();
  if (finding.project !== null) labels['project'] = shorten(finding.project, textLimits.summary);
  for (const [name, value] of Object.entries(finding.labels)) {
    if (value !== null && value !== '') labels[name] = shorten(value, labelLimits.valueLength);
  }
  if (finding.severity.unknown !== undefined) labels[unknownSeverityLabel] = finding.severity.unknown;
  const title = finding.title ?? `Sentry issue ${id}`;
  const [startsAt, endsAt] = [timeOf(finding.startedAt), status === 'resolved' ? timeOf(finding.closedAt) : null];
  return {
    source: 'sentry',
    fingerprint: id ?? fingerprintOf(finding.project ?? '', title),
    status,
    startsAt,
    endsAt,
    at: status === 'resolved' ? endsAt : startsAt,
    name: oneLine(title, textLimits.name),
    summary: oneLine(title, textLimits.summary),
    description: shorten(finding.description ?? '', textLimits.description),
    service: firstText(labels['service'], finding.project)?.trim() ?? null,
    severity: finding.severity.severity,
    labels,
    annotations: emptyTextMap(),
    links: linksOf({ source: httpLink(finding.link), runbook: httpLink(labels['runbook_url']), silence: null, dashboard: null }),
    raw,
  };
}

/** A time that we cannot read is not worth an alert. */
function timeOf(value: unknown): string | null {
  const read = readInstant(value);
  return read.ok ? read.at : null;
}

function bySentryLevel(level: string | null): ReadSeverity {
  const known = severityByLevel.get(level?.slice(0, 60).trim().toLowerCase() ?? '');
  return known !== undefined ? { severity: known } : level === null ? { severity: 'SEV2_HIGH' } : readSeverity('SEV3_MEDIUM', level);
}

function slugOf(given: z.infer<typeof Project> | undefined): string | null {
  if (given === undefined || given === null) return null;
  return typeof given === 'string' ? firstText(given) : firstText(given.slug, given.name);
}

/** As many as an alert may have labels, beside our own. All are in `raw`. */
function eventTags(given: unknown): TextMap {
  const labels = emptyTextMap();
  if (!Array.isArray(given)) return labels;
  for (const tag of given.slice(0, labelLimits.count - 10)) {
    const read = readTags([tag]);
    if (read.ok) Object.assign(labels, read.labels);
  }
  return labels;
}
