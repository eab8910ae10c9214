import { z } from 'zod';
import type { AlertEvent, ParseResult } from '../../domain/alert-event.ts';
import { firstText, oneLine, shorten, textLimits } from './bounded-text.ts';
import { fingerprintOf, givenFingerprint, labelsPart } from './fingerprint.ts';
import { linksOf } from './links.ts';
import { alertList, annotationSet, httpLink, instant, labelSet, optionalLink, optionalText, refusal } from './payload-fields.ts';
import { severityOfLabel } from './severity-words.ts';
import { soundPayload } from './sound-payload.ts';

const status = z
  .string()
  .transform((word) => word.trim().toLowerCase())
  .pipe(z.enum(['firing', 'resolved'], { error: 'must be firing or resolved' }));

const Alert = z.object(
  {
    status: status.optional(),
    labels: labelSet,
    annotations: annotationSet,
    startsAt: instant,
    endsAt: instant,
    generatorURL: optionalLink,
    fingerprint: optionalText,
    silenceURL: optionalLink,
    dashboardURL: optionalLink,
    panelURL: optionalLink,
  },
  { error: 'must be an object' },
);

const Body = z.object({ status: status.optional(), alerts: alertList(Alert) }, { error: 'must be an object' });

/**
 * Alertmanager's webhook, version "4", and Grafana's, a superset of it:
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config and
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 * Each alert counts by its own status: the top-level one is `firing` as long as any of them is.
 */
export function parseAlertmanagerBody(source: 'alertmanager' | 'grafana', body: unknown): ParseResult {
  const sound = soundPayload(body);
  if (!sound.ok) return sound;
  const parsed = Body.safeParse(sound.value);
  if (!parsed.success) return refusal(parsed.error);
  const raw = (sound.value as { alerts: unknown[] }).alerts;
  const alerts: AlertEvent[] = [];
  for (const [index, alert] of parsed.data.alerts.entries()) {
    const own = alert.status ?? parsed.data.status;
    if (own === undefined) return { ok: false, problem: { field: `alerts[${index}].status`, reason: 'is missing' } };
    if (givenFingerprint(alert.fingerprint) === null && Object.keys(alert.labels).length === 0) {
      return { ok: false, problem: { field: `alerts[${index}].labels`, reason: 'is missing, and there is no fingerprint' } };
    }
    alerts.push(toEvent(source, alert, own, raw[index]));
  }
  return { ok: true, alerts };
}

function toEvent(source: 'alertmanager' | 'grafana', alert: z.infer<typeof Alert>, own: 'firing' | 'resolved', raw: unknown): AlertEvent {
  const { labels, annotations } = alert;
  const endsAt = own === 'resolved' ? alert.endsAt : null;
  const summary = firstText(annotations['summary'], annotations['title'], annotations['message'], labels['alertname']);
  return {
    source,
    fingerprint: givenFingerprint(alert.fingerprint) ?? fingerprintOf(labelsPart(labels)),
    status: own,
    startsAt: alert.startsAt,
    endsAt,
    at: own === 'resolved' ? endsAt : alert.startsAt,
    name: oneLine(firstText(labels['alertname'], summary) ?? 'Alert', textLimits.name),
    summary: oneLine(summary ?? 'Alert', textLimits.summary),
    description: shorten(annotations['description'] ?? '', textLimits.description),
    service: firstText(labels['service'])?.trim() ?? null,
    severity: severityOfLabel(labels['severity']),
    labels,
    annotations,
    links: linksOf({
      source: alert.generatorURL,
      runbook: httpLink(annotations['runbook_url'] ?? labels['runbook_url']),
      silence: alert.silenceURL,
      dashboard: alert.dashboardURL ?? alert.panelURL,
    }),
    raw,
  };
}
