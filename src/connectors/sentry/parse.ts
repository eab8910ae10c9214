import { z } from 'zod';
import type { Headers } from '../connector.ts';
import type { AlertEvent, ParseResult, PayloadProblem } from '../../domain/alert-event.ts';
import type { Severity } from '../../domain/vocabulary.ts';
import { shorten } from '../../domain/shorten.ts';
import { firstText, oneLine, textLimits } from '../inbound/bounded-text.ts';
import { fingerprintOf, givenFingerprint } from '../inbound/fingerprint.ts';
import { readInstant } from '../inbound/instant.ts';
import { linksOf } from '../inbound/links.ts';
import { emptyTextMap, httpLink, labelLimits, optionalText, refusal } from '../inbound/payload-fields.ts';
import { soundPayload } from '../inbound/sound-payload.ts';

const project = z.union([optionalText, z.object({ slug: optionalText, name: optionalText })], { error: 'must be a text or an object' });
const message = { error: 'must be an object' };

const Issue = z.object(
  {
    id: optionalText,
    shortId: optionalText,
    title: optionalText,
    culprit: optionalText,
    level: optionalText,
    platform: optionalText,
    project: project.optional(),
    web_url: optionalText,
    permalink: optionalText,
    lastSeen: z.unknown().optional(),
  },
  message,
);
const Event = z.object(
  {
    issue_id: optionalText,
    event_id: optionalText,
    title: optionalText,
    culprit: optionalText,
    level: optionalText,
    platform: optionalText,
    environment: optionalText,
    url: optionalText,
    web_url: optionalText,
    datetime: z.unknown().optional(),
    tags: z.unknown().optional(),
  },
  message,
);
const MetricAlert = z.object(
  {
    id: optionalText,
    title: optionalText,
    projects: z.array(optionalText, { error: 'must be an array' }).nullish(),
    alert_rule: z.object({ name: optionalText, environment: optionalText }, message).nullish(),
  },
  message,
);
const Body = z.object({
  action: optionalText,
  data: z.object({
    issue: Issue.optional(),
    event: Event.optional(),
    error: Event.optional(),
    metric_alert: MetricAlert.optional(),
    triggered_rule: optionalText,
    description_title: optionalText,
    description_text: optionalText,
    web_url: optionalText,
  }),
});
type Data = z.infer<typeof Body>['data'];

/** What every kind of Sentry's webhooks boils down to. */
interface Finding {
  readonly id: string | null;
  readonly field: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly project: string | null;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string | null>>;
  readonly link: string | null;
  readonly at: unknown;
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

const kinds = ['issue', 'event', 'error', 'metric_alert', 'installation', 'comment_id'];

/** Names what a request of the integration platform is about; other senders (a proxy, a copy of the request) lose it. */
export const resourceHeader = 'sentry-hook-resource';

/** Sentry has no address of its own: its bodies are told from others by its header, else by what lies in `data`. */
export const isSentry = (body: unknown, headers: Headers): boolean => headers[resourceHeader] !== undefined || looksLikeSentry(body);

function looksLikeSentry(body: unknown): boolean {
  const data = (body as { data?: unknown } | null)?.data;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return false;
  return kinds.some((kind) => Object.hasOwn(data, kind));
}

/**
 * Issue, issue alert, error and metric alert webhooks of Sentry's integration platform, and the short form
 * `{action, data: {issue}}`. What is about no alert (an installation, a comment, an assignment) is read as no alerts.
 * https://docs.sentry.io/organization/integrations/integration-platform/webhooks/{issues,issue-alerts,metric-alerts}/
 */
export function parseSentry(body: unknown): ParseResult {
  const sound = soundPayload(body);
  if (!sound.ok) return sound;
  const parsed = Body.safeParse(sound.value);
  if (!parsed.success) return refusal(parsed.error);
  const action = parsed.data.action?.trim().toLowerCase() ?? 'triggered';
  const finding = findingOf(parsed.data.data, action);
  if (finding === null || quietActions.has(action)) return { ok: true, alerts: [] };
  const event = toEvent(finding, action === 'resolved' ? 'resolved' : 'firing', sound.value);
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
    at: issue.lastSeen,
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
    at: event.datetime,
  };
}

function fromMetricAlert(alert: z.infer<typeof MetricAlert>, data: Data, action: string): Finding {
  return {
    id: alert.id === null ? null : `metric_alert:${alert.id}`,
    field: 'data.metric_alert',
    title: firstText(alert.alert_rule?.name, data.description_title, alert.title),
    description: data.description_text,
    project: alert.projects?.[0] ?? null,
    severity: action === 'critical' ? 'SEV1_CRITICAL' : action === 'warning' ? 'SEV2_HIGH' : 'SEV3_MEDIUM',
    labels: { environment: alert.alert_rule?.environment ?? null },
    link: data.web_url,
    at: null,
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
  const title = finding.title ?? `Sentry issue ${id}`;
  const at = readInstant(finding.at);
  return {
    source: 'sentry',
    fingerprint: id ?? fingerprintOf(finding.project ?? '', title),
    status,
    startsAt: null,
    endsAt: null,
    at: at.ok ? at.at : null,
    name: oneLine(title, textLimits.name),
    summary: oneLine(title, textLimits.summary),
    description: shorten(finding.description ?? '', textLimits.description),
    service: firstText(labels['service'], finding.project)?.trim() ?? null,
    severity: finding.severity,
    labels,
    annotations: emptyTextMap(),
    links: linksOf({ source: httpLink(finding.link), runbook: httpLink(labels['runbook_url']), silence: null, dashboard: null }),
    raw,
  };
}

const bySentryLevel = (level: string | null): Severity => severityByLevel.get(level?.trim().toLowerCase() ?? '') ?? 'SEV2_HIGH';

function slugOf(given: z.infer<typeof project> | undefined): string | null {
  if (given === undefined || given === null) return null;
  return typeof given === 'string' ? firstText(given) : firstText(given.slug, given.name);
}

/** Pairs of name and value; more of them than an alert may have labels are left in `raw`. */
function eventTags(tags: unknown): Record<string, string> {
  const read = emptyTextMap();
  if (!Array.isArray(tags)) return read;
  for (const pair of tags.slice(0, labelLimits.count - 10)) {
    if (Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string') read[shorten(pair[0], 200)] = pair[1];
  }
  return read;
}
