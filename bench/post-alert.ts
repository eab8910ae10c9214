import { alertmanagerBody, type BenchAlert } from './alerts.ts';
import { bearer } from './installation.ts';

/** Posts one alert; its incident, and when (`performance.now()`) the 202 was there. @throws Error for any other answer */
export async function postAlert(
  apiUrl: string,
  alert: BenchAlert,
  status: 'firing' | 'resolved' = 'firing',
): Promise<{ readonly incidentId: string; readonly sentAtMs: number; readonly acceptedAtMs: number }> {
  const sentAtMs = performance.now();
  const response = await fetch(`${apiUrl}/api/v1/webhooks/alertmanager/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: alertmanagerBody([alert], status),
  });
  const acceptedAtMs = performance.now();
  if (response.status !== 202) throw new Error(`the alert was answered ${response.status}`);
  const { alerts } = (await response.json()) as { alerts: { incident: string }[] };
  return { incidentId: alerts[0]?.incident as string, sentAtMs, acceptedAtMs };
}
