import { z } from 'zod';
import type { ParseResult } from '../../domain/alert-event.ts';
import type { Severity } from '../../domain/vocabulary.ts';
import { shorten } from '../../domain/shorten.ts';
import { firstText, oneLine, textLimits } from '../inbound/bounded-text.ts';
import { fingerprintOf, givenFingerprint, saysNothing } from '../inbound/fingerprint.ts';
import { readInstant } from '../inbound/instant.ts';
import { linksOf } from '../inbound/links.ts';
import { emptyTextMap, httpLink, optionalText, refusal } from '../inbound/payload-fields.ts';
import { readSeverity, unknownSeverityLabel } from '../inbound/severity-words.ts';
import { statusOfWord } from '../inbound/status-words.ts';
import { soundPayload } from '../inbound/sound-payload.ts';
import { readTags } from '../inbound/tags.ts';
import { readTitle, type DatadogTitle } from './title.ts';

/** A text whose variable Datadog did not fill in arrives as `$NAME` (unverified) or empty. */
const variable = optionalText.transform((value) =>
  value === null || value.trim() === '' || /^\$[A-Z_]+$/.test(value.trim()) ? null : value,
);

/** Names of the values are people's choice in a custom payload: these are the variables' own, in lower case. */
const Body = z.object(
  {
    title: variable,
    alert_title: variable,
    alert_status: variable,
    alert_type: variable,
    alert_transition: variable,
    alert_cycle_key: variable,
    alert_id: variable,
    alert_scope: variable,
    aggreg_key: variable,
    alert_metric: variable,
    alert_priority: variable,
    tags: z.unknown().optional(),
    body: variable,
    last_updated: z.unknown().optional(),
    date: z.unknown().optional(),
    priority: variable,
    hostname: variable,
    link: variable,
  },
  { error: 'must be an object' },
);
type Body = z.infer<typeof Body>;

const severityByType: ReadonlyMap<string, Severity> = new Map([
  ['error', 'SEV1_CRITICAL'],
  ['warning', 'SEV2_HIGH'],
  ['info', 'SEV3_MEDIUM'],
]);

/** Datadog's webhook with its custom payload, one event a request. https://docs.datadoghq.com/integrations/webhooks/ */
export function parseDatadog(body: unknown): ParseResult {
  const sound = soundPayload(body);
  if (!sound.ok) return sound;
  const parsed = Body.safeParse(sound.value);
  if (!parsed.success) return refusal(parsed.error);
  const given = parsed.data;
  const tags = readTags(given.tags);
  if (!tags.ok) return { ok: false, problem: { field: 'tags', reason: tags.reason } };
  const fullTitle = firstText(given.title, given.alert_title, given.alert_metric, given.alert_status);
  if (fullTitle === null) return { ok: false, problem: { field: 'title', reason: 'is missing' } };

  const title = readTitle(oneLine(fullTitle, 4_096));
  const labels = tags.labels;
  const hostname = given.hostname?.trim() ?? null;
  if (hostname !== null && labels['host'] === undefined) labels['host'] = shorten(hostname, textLimits.summary);
  const service = firstText(labels['service'])?.trim() ?? null;
  const severityOfType = severityByType.get(given.alert_type?.slice(0, 100).trim().toLowerCase() ?? '');
  const { severity, unknown } =
    severityOfType === undefined ? readSeverity('SEV3_MEDIUM', labels['severity']) : { severity: severityOfType };
  if (unknown !== undefined) labels[unknownSeverityLabel] = unknown;
  const transition = firstText(given.alert_transition)?.slice(0, 100).trim().toLowerCase().toWellFormed();
  const annotations = emptyTextMap();
  for (const name of ['alert_status', 'alert_metric', 'alert_transition', 'alert_priority', 'alert_scope', 'priority'] as const) {
    const value = given[name];
    if (value !== null) annotations[name] = shorten(value, textLimits.annotation);
  }
  return {
    ok: true,
    alerts: [
      {
        source: 'datadog',
        fingerprint: fingerprintFor(given, title, hostname, service),
        status: isRecovery(given, title) ? 'resolved' : 'firing',
        startsAt: null,
        endsAt: null,
        at: when(given.last_updated) ?? when(given.date),
        ...(transition !== undefined && { transition }),
        name: oneLine(title.name, textLimits.name),
        summary: oneLine(title.name, textLimits.summary),
        description: shorten(withoutMarkdownFence(given.body ?? given.alert_status ?? ''), textLimits.description),
        service,
        severity,
        labels,
        annotations,
        links: linksOf({ source: httpLink(given.link), runbook: httpLink(labels['runbook_url']), silence: null, dashboard: null }),
        raw: sound.value,
      },
    ],
  };
}

/**
 * $ID names the event, which is another one when the alert recovers. $ALERT_CYCLE_KEY is the "ID to link events from the time
 * an alert triggers until it resolves"; $ALERT_ID is the monitor's, $ALERT_SCOPE the tags that triggered it. Without any of
 * them the title tells alerts apart, freed of its transition but not of its scope: each group of a multi alert is its own.
 */
function fingerprintFor(given: Body, title: DatadogTitle, hostname: string | null, service: string | null): string {
  const cycle = givenFingerprint(given.alert_cycle_key);
  if (cycle !== null) return cycle;
  const monitor = givenFingerprint(given.alert_id);
  if (monitor !== null) {
    const scope = told(given.alert_scope) ?? told(given.aggreg_key) ?? (title.scope || hostname || '');
    return fingerprintOf('monitor', monitor.trim(), scope.trim());
  }
  return fingerprintOf('title', title.name, title.scope, hostname ?? '', service ?? '');
}

const told = (value: string | null): string | null => (value === null || saysNothing(value) ? null : value);

/** `alert_type` and the transition say so; a payload with neither has it in the title alone. */
function isRecovery(given: Body, title: DatadogTitle): boolean {
  const { alert_type: type, alert_transition: transition } = given;
  if (statusOfWord(type) === 'resolved' || statusOfWord(transition) === 'resolved') return true;
  return type === null && transition === null && statusOfWord(title.transition) === 'resolved';
}

/** $LAST_UPDATED and $DATE are epoch milliseconds; a time that we cannot read is not worth an alert. */
function when(value: unknown): string | null {
  const read = readInstant(value);
  return read.ok ? read.at : null;
}

/** A Markdown event's text stands between `%%%` lines: https://docs.datadoghq.com/service_management/events/guides/markdown_events/ (unverified) */
function withoutMarkdownFence(text: string): string {
  const [start, end] = [text.trimStart(), text.trimEnd()];
  const from = start.startsWith(fence) ? text.length - start.slice(fence.length).trimStart().length : 0;
  const to = end.endsWith(fence) ? end.slice(0, -fence.length).trimEnd().length : text.length;
  return text.slice(from, Math.max(from, to));
}
const fence = '%%%';
