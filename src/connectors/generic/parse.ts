import { z } from 'zod';
import type { AlertEvent, ParseResult } from '../../domain/alert-event.ts';
import { shorten } from '../../domain/shorten.ts';
import { firstText, oneLine, textLimits } from '../inbound/bounded-text.ts';
import { fingerprintOf, givenFingerprint, labelsPart } from '../inbound/fingerprint.ts';
import { linksOf } from '../inbound/links.ts';
import { annotationSet, httpLink, instant, labelLimits, labelSet, optionalText, refusal } from '../inbound/payload-fields.ts';
import { fieldPath } from '../../domain/field-path.ts';
import { soundPayload } from '../inbound/sound-payload.ts';
import { inBatch, type ParsedAlert } from '../inbound/batch.ts';
import { readTags } from '../inbound/tags.ts';
import { readSeverity, unknownSeverityLabel } from '../inbound/severity-words.ts';
import { statusOfWord } from '../inbound/status-words.ts';

/** The schema is told to people in this connector's `about`; keep them alike. */
const Alert = z.object(
  {
    title: optionalText,
    name: optionalText,
    summary: optionalText,
    message: optionalText,
    description: optionalText,
    severity: optionalText,
    priority: optionalText,
    status: optionalText,
    state: optionalText,
    service: optionalText,
    team: optionalText,
    env: optionalText,
    host: optionalText,
    fingerprint: optionalText,
    dedup_key: optionalText,
    id: optionalText,
    labels: labelSet,
    annotations: annotationSet,
    tags: z.unknown().optional(),
    starts_at: instant,
    startsAt: instant,
    ends_at: instant,
    endsAt: instant,
    timestamp: instant,
    url: optionalText,
    link: optionalText,
    generatorURL: optionalText,
    runbook_url: optionalText,
    dashboard_url: optionalText,
  },
  { error: 'must be an object' },
);

/** Whatever can post JSON. One alert, an array of them, or `{"alerts": […]}`. */
export function parseGeneric(body: unknown): ParseResult {
  if (Array.isArray(body)) return inBatch(body, [], parseOne);
  if (typeof body === 'object' && body !== null && Object.hasOwn(body, 'alerts')) {
    const { alerts } = body as { readonly alerts: unknown };
    return Array.isArray(alerts)
      ? inBatch(alerts, ['alerts'], parseOne)
      : { ok: false, problem: { field: 'alerts', reason: 'must be an array of alerts' } };
  }
  const sound = soundPayload(body);
  if (!sound.ok) return sound;
  const parsed = parseOne(sound.value, []);
  return 'ok' in parsed ? parsed : { ok: true, alerts: [parsed] };
}

function parseOne(value: unknown, at: readonly PropertyKey[]): ParsedAlert {
  const parsed = Alert.safeParse(value);
  if (!parsed.success) return refusal(parsed.error, at);
  const event = toEvent(parsed.data, value);
  return typeof event === 'string'
    ? { ok: false, problem: { field: fieldPath([...at, event]), reason: 'is missing or was not understood' } }
    : event;
}

/** The event, or the name of the field that it lacks. */
function toEvent(alert: z.infer<typeof Alert>, raw: unknown): AlertEvent | string {
  const { labels, annotations } = alert;
  const tags = readTags(alert.tags);
  if (!tags.ok) return 'tags';
  const name = firstText(alert.name, labels['alertname'], alert.title, alert.summary, annotations['summary'], alert.message);
  if (name === null) return 'title';
  const service = firstText(alert.service, labels['service'], tags.labels['service'])?.trim() ?? null;
  if (service !== null && service.length > labelLimits.valueLength) return 'service';
  const identity = fingerprintOf(service ?? '', name, labelsPart(labels));
  // What stands beside the labels joins them, so that a rule finds it under the one name.
  for (const [key, value] of [
    ...Object.entries(tags.labels),
    ['service', service],
    ['team', alert.team],
    ['env', alert.env],
    ['host', alert.host],
    ['severity', alert.severity],
  ] as const) {
    if (value !== null && labels[key] === undefined) labels[key] = shorten(value, labelLimits.valueLength);
  }
  const { severity, unknown } = readSeverity('SEV3_MEDIUM', alert.severity, labels['severity'], alert.priority);
  if (unknown !== undefined) labels[unknownSeverityLabel] = unknown;
  const status = statusOfWord(firstText(alert.status, alert.state));
  const startsAt = alert.starts_at ?? alert.startsAt;
  const endsAt = status === 'resolved' ? (alert.ends_at ?? alert.endsAt) : null;
  return {
    source: 'generic',
    fingerprint: givenFingerprint(alert.fingerprint) ?? givenFingerprint(alert.dedup_key) ?? givenFingerprint(alert.id) ?? identity,
    status,
    startsAt,
    endsAt,
    at: alert.timestamp ?? (status === 'resolved' ? endsAt : startsAt),
    name: oneLine(name, textLimits.name),
    summary: oneLine(firstText(alert.summary, alert.title, annotations['summary'], alert.message) ?? name, textLimits.summary),
    description: shorten(firstText(alert.description, annotations['description']) ?? '', textLimits.description),
    service,
    severity,
    labels,
    annotations,
    links: linksOf({
      source: httpLink(alert.url) ?? httpLink(alert.link) ?? httpLink(alert.generatorURL),
      runbook: httpLink(alert.runbook_url) ?? httpLink(annotations['runbook_url']) ?? httpLink(labels['runbook_url']),
      silence: null,
      dashboard: httpLink(alert.dashboard_url),
    }),
    raw,
  };
}
