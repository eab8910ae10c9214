import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { DatabaseError, type Pool, type PoolClient, type QueryConfig } from 'pg';
import { correlate, type Correlated, type Known, type Occurrence } from '../domain/correlation.ts';
import { outboxRank } from '../domain/outbox-rank.ts';
import { failPoint } from '../observe/fail-point.ts';
import { arrayOf, parametersOf } from './columns.ts';
import type { IncomingAlert, StoredAlert } from './intake.ts';
import { prepare, type Prepared } from './prepare.ts';
import { alertColumns, deliveryColumns, outboxColumns, type AlertDelivery, type NewAlert, type ToldIncident } from './store-columns.ts';
import {
  commitStatement,
  countStatement,
  lockStatement,
  readStatement,
  writeStatement,
  type IncidentRow,
  type KnownRow,
  type ServiceRow,
} from './store-sql.ts';

const idBlock = 10_000;

/**
 * Correlates and writes a batch in one transaction, in two round trips: what is known of the batch; then what becomes of it.
 * Statements that need no answer of the one before are sent in one go (`pipeline` of the pool).
 */
export function createAlertStore(pool: Pool): (alerts: readonly IncomingAlert[]) => Promise<readonly StoredAlert[]> {
  const takeIds = createIds();
  /** As earlier flushes found them: what a batch asks depends on how its services group. Saves a round trip, and is never relied upon. */
  let remembered: Services = new Map();

  return async (alerts) => {
    const client = await pool.connect();
    let broken = true;
    try {
      const ids = await takeIds(client, alerts.length);
      try {
        let batch = new Batch(alerts, remembered, ids);
        let [, known] = await Promise.all([client.query(inTime(lockStatement)), read(client, batch)]);
        const services: Services = new Map(known.services.map((service) => [service.id, service]));
        batch.requireServices(services);
        if (!batch.isGroupedAsIn(services)) {
          remembered = new Map([...remembered, ...services]);
          batch = new Batch(alerts, services, ids);
          known = await read(client, batch);
        }
        const stored = batch.correlate(known);
        await Promise.all([
          client.query(inTime(batch.write())).then(() => failPoint('intake-written')),
          client.query(inTime(commitStatement)),
        ]);
        failPoint('intake-committed');
        broken = false;
        return stored;
      } catch (error) {
        // What Postgres or we refused leaves a connection that still talks.
        if (error instanceof DatabaseError || error instanceof ServiceGone) {
          await client.query(inTime({ text: 'rollback' }));
          broken = false;
        }
        throw error;
      }
    } finally {
      client.release(broken);
    }
  };
}

/** A flush takes some 40 ms. A Postgres that says nothing at all would keep every later one waiting, long after it is back. */
const queryTimeoutMs = 2_000;

/** @see https://node-postgres.com/apis/client: `query_timeout`, milliseconds, counted on this side */
const inTime = <T extends QueryConfig>(query: T): T & { query_timeout: number } => ({ ...query, query_timeout: queryTimeoutMs });

async function read(client: PoolClient, batch: Batch): Promise<KnownRow> {
  const { rows } = await client.query<KnownRow>(inTime({ ...readStatement, values: batch.keys() }));
  return rows[0] as KnownRow;
}

/** A service was deleted after the alert was routed to it. As a foreign key says it, and handled like that. */
class ServiceGone extends Error {
  override readonly name = 'ServiceGone';
  readonly code = '23503';
}

type Services = ReadonlyMap<string, ServiceRow>;

interface Ids {
  alert(): string;
  incident(): string;
}

/** Alert ids from blocks of a sequence, so that a batch can name its alerts before it writes them; each batch has its own. */
function createIds(): (client: PoolClient, count: number) => Promise<Ids> {
  let next = 0;
  let end = 0;
  return async (client, count) => {
    while (end - next < count) {
      const { rows } = await client.query<{ first: string }>(inTime({ text: `select nextval('alert_id_blocks') as first` }));
      next = Number(rows[0]?.first);
      end = next + idBlock;
    }
    let own = next;
    next += count;
    return { alert: () => String(own++), incident: () => randomUUID() };
  };
}

const attached: ReadonlySet<string> = new Set(['opened', 'attached', 'reopened']);

/** An alert that gets a row, as it came. */
type Added = Pick<NewAlert, 'alert' | 'occurrence' | 'outcome'>;

/** One batch on its way: what it asks the store, what it decides, what it writes. */
class Batch {
  private readonly prepared: readonly Prepared[];
  private readonly services: Services;
  private readonly ids: Ids;
  private readonly incidents: IncidentRow[] = [];
  private readonly deliveries: AlertDelivery[] = [];
  private readonly outbox: ToldIncident[] = [];
  private readonly added = new Map<string, Added>();
  private readonly changed = new Map<string, Occurrence>();
  /** Of alerts that came to an incident only now. */
  private readonly outcomes = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor(alerts: readonly IncomingAlert[], services: Services, ids: Ids) {
    this.services = services;
    this.ids = ids;
    this.prepared = alerts.map((alert) => prepare(alert, services.get(alert.routed.serviceId)));
  }

  /** @throws ServiceGone */
  requireServices(services: Services): void {
    const gone = this.prepared.find(({ alert }) => !services.has(alert.routed.serviceId));
    if (gone !== undefined) throw new ServiceGone(`there is no service ${gone.alert.routed.serviceId}`);
  }

  /** Whether its services were taken to group as these do. */
  isGroupedAsIn(services: Services): boolean {
    return [...services].every(([id, service]) => isDeepStrictEqual(service, this.services.get(id)));
  }

  /** Parameters of `readStatement`. */
  keys(): string[] {
    const { prepared } = this;
    return [
      arrayOf(prepared.map(({ deliveryId }) => deliveryId)),
      arrayOf(prepared.map(({ alert }) => alert.alertSourceId)),
      JSON.stringify(prepared.map(({ alert }) => alert.event.fingerprint)),
      arrayOf(prepared.map(({ arrival }) => arrival.groupingKey)),
      arrayOf([...new Set(prepared.map(({ alert }) => alert.routed.serviceId))]),
    ];
  }

  correlate({ seen, occurrences, incidents }: KnownRow): readonly StoredAlert[] {
    const alertOfDelivery = new Map(seen.map(([delivery, alertId, incidentId]) => [delivery, { alertId, incidentId }]));
    const known: Known = {
      occurrences: new Map(occurrences.map((row) => [`${row.alertSourceId} ${row.fingerprint}`, row])),
      incidents: new Map(incidents.map((row) => [row.groupingKey, row])),
    };
    return this.prepared.map((one): StoredAlert => {
      const earlier = alertOfDelivery.get(one.deliveryId);
      if (earlier !== undefined) {
        this.count(earlier.alertId);
        return { outcome: 'known', incidentId: earlier.incidentId };
      }
      const correlated = correlate(one.arrival, known, this.ids);
      this.keep(one, correlated);
      alertOfDelivery.set(one.deliveryId, correlated.occurrence);
      return { outcome: correlated.outcome, incidentId: correlated.occurrence.incidentId };
    });
  }

  /** The statement that writes what was decided, with its parameters. */
  write(): QueryConfig {
    const counted = [...this.counts].filter(([id]) => !this.added.has(id) && !this.changed.has(id));
    const counts = [arrayOf(counted.map(([id]) => id)), arrayOf(counted.map(([, count]) => count))];
    if (this.deliveries.length === 0) return { ...countStatement, values: counts };
    const changed = [...this.changed]
      .filter(([id]) => !this.added.has(id))
      .map(([id, occurrence]) => ({
        id,
        ...changeable(occurrence),
        outcome: this.outcomes.get(id) ?? null,
        count: this.counts.get(id) ?? 0,
      }));
    const values = [
      JSON.stringify(this.incidents),
      JSON.stringify(changed),
      ...counts,
      ...parametersOf(alertColumns, this.newAlerts()),
      ...parametersOf(deliveryColumns, this.deliveries),
      ...parametersOf(outboxColumns, this.outbox),
    ];
    return { ...writeStatement, values };
  }

  private newAlerts(): NewAlert[] {
    return [...this.added].map(([id, { alert, occurrence, outcome }]) => ({
      id,
      alert,
      occurrence: this.changed.get(id) ?? occurrence,
      outcome,
      deliveries: this.counts.get(id) ?? 1,
    }));
  }

  private keep(
    { alert, arrival, deliveryId }: Prepared,
    { occurrence, isNew, superseded, opensIncident, outcome, tells }: Correlated,
  ): void {
    const { event, routed } = alert;
    const { alertId } = occurrence;
    if (opensIncident && occurrence.incidentId !== null) {
      this.incidents.push({
        id: occurrence.incidentId,
        title: event.summary,
        description: event.description,
        severity: routed.severity,
        service_id: routed.serviceId,
        grouping_key: arrival.groupingKey,
        runbook_url: event.links.runbook ?? null,
      });
    }
    if (superseded !== null) this.changed.set(superseded.alertId, superseded);
    if (isNew) this.added.set(alertId, { alert, occurrence, outcome });
    else this.changed.set(alertId, occurrence);
    if (attached.has(outcome)) this.outcomes.set(alertId, outcome);
    this.count(alertId);
    this.deliveries.push({ id: deliveryId, alertId, event });
    for (const tell of tells) {
      const payload = { kind: tell.kind, alertId, summary: event.summary, severity: routed.severity };
      this.outbox.push({ incidentId: tell.incidentId, rank: outboxRank(routed.severity, tell), payload });
    }
  }

  private count(alertId: string): void {
    this.counts.set(alertId, (this.counts.get(alertId) ?? 0) + 1);
  }
}

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const changeable = (occurrence: Occurrence) => ({
  status: occurrence.status,
  starts_at: instant(occurrence.startsAtMs),
  ends_at: instant(occurrence.endsAtMs),
  end_received_at: instant(occurrence.endReceivedAtMs),
  told_start_at: instant(occurrence.toldStartMs),
  last_event_at: instant(occurrence.toldAtMs),
  severity: occurrence.severity,
  incident_id: occurrence.incidentId,
});
