import { alertmanagerBody, type BenchAlert } from './alerts.ts';
import { bearer } from './installation.ts';
import { load, type LoadResult } from './load.ts';

export interface SendAlerts {
  readonly count: number;
  readonly connections: number;
  alertOf(index: number): BenchAlert;
}

/** So many bodies of one alert each, as fast as the API takes them. */
export function sendAlerts(port: number, { count, connections, alertOf }: SendAlerts): Promise<LoadResult> {
  let n = 0;
  return load({
    port,
    path: '/api/v1/webhooks/alertmanager/',
    connections,
    bearer,
    next: () => (n < count ? alertmanagerBody([alertOf(n++)]) : null),
  });
}
