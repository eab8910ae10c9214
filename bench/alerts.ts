/** One firing alert as Alertmanager's webhook version "4" sends it, about 1 kB. */
export interface BenchAlert {
  readonly fingerprint: string;
  readonly name: string;
  readonly service: string;
  readonly severity?: 'critical' | 'warning' | 'info';
}

const startsAt = '2026-11-21T08:39:09.728Z';

const alertOf = ({ fingerprint, name, service, severity = 'critical' }: BenchAlert, status: 'firing' | 'resolved'): string =>
  `{"status":"${status}","labels":{"alertname":"${name}","instance":"host-${fingerprint}:9100","job":"demo","service":"${service}","severity":"${severity}","team":"payments"},"annotations":{"description":"Value is 0.9","runbook_url":"https://runbooks.example.com/high-error-rate","summary":"${name} on ${service}"},"startsAt":"${startsAt}","endsAt":"${status === 'firing' ? '0001-01-01T00:00:00Z' : new Date().toISOString()}","generatorURL":"http://prometheus:9090/graph?g0.expr=demo_error_rate+%3E+0.5&g0.tab=1","fingerprint":"${fingerprint}"}`;

/** A body with these alerts, with the fields around them that Alertmanager sends. */
export function alertmanagerBody(alerts: readonly BenchAlert[], status: 'firing' | 'resolved' = 'firing'): string {
  const { name, service } = alerts[0] as BenchAlert;
  return `{"receiver":"imas","status":"${status}","alerts":[${alerts.map((alert) => alertOf(alert, status)).join(',')}],"groupLabels":{"alertname":"${name}"},"commonLabels":{"alertname":"${name}","job":"demo","service":"${service}","team":"payments"},"commonAnnotations":{"description":"Value is 0.9","runbook_url":"https://runbooks.example.com/high-error-rate"},"externalURL":"http://alertmanager:9093","version":"4","groupKey":"{}:{alertname=\\"${name}\\"}","truncatedAlerts":0}`;
}

/** Sixteen hex digits, as Prometheus makes them; `series` keeps the phases of a run apart. */
export const fingerprintOf = (series: number, index: number): string =>
  series.toString(16).padStart(4, '0') + index.toString(16).padStart(12, '0');
