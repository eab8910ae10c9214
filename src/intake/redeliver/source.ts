import type { Logger } from 'pino';
import type { Pool } from 'pg';
import type { Headers } from '../../connectors/connector.ts';
import type { Registry } from '../../connectors/registry.ts';
import { routeAlert } from '../../domain/alert-rules.ts';
import type { AlertEvent, ParseResult } from '../../domain/alert-event.ts';
import type { Incidents } from '../../incidents/incidents.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { IntakeUnavailable, type IncomingAlert, type Intake, type StoredAlert } from '../intake.ts';
import { createSettingsCache, type IntakeSettings } from '../settings.ts';
import { speakerOf, webhooksOf } from '../webhook-addresses.ts';

export interface RedeliverDeps {
  readonly database: { readonly pool: Pool };
  readonly registry: Registry;
  readonly secrets: SecretBox;
  readonly intake: Intake;
  /** Tells an incident that an alert has left it. */
  readonly incidents: Pick<Incidents, 'command'>;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** What a second delivery needs: how each source's bodies are read, and the rules as they are at this moment. */
export interface Redelivery {
  /** One alert as its source would send it alone. */
  readAlert(source: string, kept: unknown, status: string): ParseResult;
  /** A body as it is read at this address, and the types of alert source that send there. */
  readAt(address: string, body: unknown, headers: Headers): ParseResult;
  sourcesAt(address: string): ReadonlySet<string>;
  /** @throws IntakeUnavailable while they cannot be read */
  settings(): Promise<IntakeSettings>;
  /** @throws IntakeUnavailable when nothing was kept */
  submit(alerts: readonly IncomingAlert[]): Promise<readonly StoredAlert[]>;
}

export function createRedelivery({ registry, database, secrets, intake, metrics, log }: RedeliverDeps): Redelivery {
  const cache = createSettingsCache({ pool: database.pool, secrets, log, freshForMs: 0 });
  const webhooks = new Map(webhooksOf(registry.sources()).map((webhook) => [webhook.own.id, webhook]));
  return {
    readAlert(source, kept, status) {
      const alerts = registry.byId(source)?.alerts;
      return alerts === undefined ? unknownSource : alerts.parse(alerts.wholeBody(kept, status), {});
    },
    readAt(address, body, headers) {
      const webhook = webhooks.get(address);
      return webhook === undefined ? unknownSource : speakerOf(webhook, body, headers).alerts.parse(body, headers);
    },
    sourcesAt: (address) => webhooks.get(address)?.sources ?? new Set(),
    async settings() {
      const settings = await cache.current();
      if (settings === null) throw new IntakeUnavailable('The rules cannot be read at the moment.', 2);
      return settings;
    },
    async submit(alerts) {
      const stored = await intake.submit(alerts);
      for (const [index, { event }] of alerts.entries()) {
        metrics.intakeAlerts.inc({ source: event.source, outcome: stored[index]?.outcome ?? 'unknown' });
      }
      return stored;
    },
  };
}

const unknownSource: ParseResult = { ok: false, problem: { field: 'source', reason: 'is none that this version knows' } };

/** By today's rules. */
export const incoming = (event: AlertEvent, alertSourceId: string, { routes }: IntakeSettings): IncomingAlert => ({
  alertSourceId,
  event,
  routed: routeAlert(event, routes),
  receivedAtMs: Date.now(),
});
