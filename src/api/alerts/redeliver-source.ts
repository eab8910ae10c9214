import type { Headers } from '../../connectors/connector.ts';
import { routeAlert } from '../../domain/alert-rules.ts';
import type { AlertEvent, ParseResult } from '../../domain/alert-event.ts';
import { IntakeUnavailable, type IncomingAlert, type StoredAlert } from '../../intake/intake.ts';
import { createSettingsCache, type IntakeSettings } from '../../intake/routes.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';

/** What a second delivery needs: how each source's bodies are read, and the rules as they are at this moment. */
export interface Redelivery {
  parse(source: string, body: unknown, headers: Headers): ParseResult;
  /** One alert as its source would send it alone; null for a source that this version does not know. */
  wholeBody(source: string, kept: unknown, status: string): unknown;
  /** @throws Problem 503 while they cannot be read */
  settings(): Promise<IntakeSettings>;
  /** @throws Problem 503 when nothing was kept */
  submit(alerts: readonly IncomingAlert[]): Promise<readonly StoredAlert[]>;
}

export function createRedelivery({ registry, database, secrets, intake, metrics, log }: ApiDeps): Redelivery {
  const cache = createSettingsCache({ pool: database.pool, secrets, log, freshForMs: 0 });
  return {
    wholeBody: (source, kept, status) => registry.byId(source)?.alerts?.wholeBody(kept, status) ?? null,
    parse(source, body, headers) {
      const alerts = registry.byId(source)?.alerts;
      if (alerts === undefined) return { ok: false, problem: { field: 'source', reason: 'is none that this version knows' } };
      return alerts.parse(body, headers);
    },
    async settings() {
      const settings = await cache.current();
      if (settings === null) throw unavailable('The rules cannot be read at the moment.', 2);
      return settings;
    },
    async submit(alerts) {
      try {
        const stored = await intake.submit(alerts);
        for (const [index, { event }] of alerts.entries()) {
          metrics.intakeAlerts.inc({ source: event.source, outcome: stored[index]?.outcome ?? 'unknown' });
        }
        return stored;
      } catch (error) {
        if (error instanceof IntakeUnavailable) throw unavailable(error.message, error.retryAfterSeconds);
        throw error;
      }
    },
  };
}

const unavailable = (detail: string, seconds: number): Problem => new Problem(503, detail, { headers: { 'Retry-After': String(seconds) } });

/** By today's rules. */
export const incoming = (event: AlertEvent, alertSourceId: string, { routes }: IntakeSettings): IncomingAlert => ({
  alertSourceId,
  event,
  routed: routeAlert(event, routes),
  receivedAtMs: Date.now(),
});
