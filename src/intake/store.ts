import { hash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { DatabaseError, type Pool, type PoolClient, type QueryConfig } from 'pg';
import type { AlertEvent } from '../domain/alert-event.ts';
import { correlate, groupingParts, outboxRank, type Arrival, type Correlated, type Known, type Occurrence } from '../domain/correlation.ts';
import { failPoint } from '../observe/fail-point.ts';
import type { IncomingAlert, StoredAlert } from './intake.ts';
import {
  commitStatement,
  countStatement,
  jsonSeparator,
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

interface Prepared {
  readonly alert: IncomingAlert;
  readonly arrival: Arrival;
  readonly deliveryId: string;
}

const attached: ReadonlySet<string> = new Set(['opened', 'attached', 'reopened']);

/** Clocks may differ by so much; a time further ahead is taken for none. */
const clockSkewMs = 10 * 60_000;

/** Epoch milliseconds. A start in a far future would make every later one look old. */
function soundInstant(instant: string | null, receivedAtMs: number): number | null {
  if (instant === null) return null;
  const ms = Date.parse(instant);
  return ms > receivedAtMs + clockSkewMs ? null : ms;
}

/** An alert that gets a row. */
interface NewAlert {
  readonly alert: IncomingAlert;
  readonly occurrence: Occurrence;
  readonly outcome: string;
}

interface Delivery {
  readonly id: string;
  readonly alertId: string;
  readonly event: AlertEvent;
}

interface ToldIncident {
  readonly incidentId: string;
  readonly rank: number;
  readonly payload: object;
}

/** One batch on its way: what it asks the store, what it decides, what it writes. */
class Batch {
  private readonly prepared: readonly Prepared[];
  private readonly services: Services;
  private readonly ids: Ids;
  private readonly incidents: IncidentRow[] = [];
  private readonly deliveries: Delivery[] = [];
  private readonly outbox: ToldIncident[] = [];
  private readonly added = new Map<string, NewAlert>();
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
    const values = [JSON.stringify(this.incidents), JSON.stringify(changed), ...counts];
    return { ...writeStatement, values: [...values, ...this.alertColumns(), ...this.deliveryColumns(), ...this.outboxColumns()] };
  }

  private alertColumns(): string[] {
    const alerts = [...this.added.values()].map(({ alert, outcome }) => ({ alert, outcome, event: alert.event, routed: alert.routed }));
    const occurrences = [...this.added].map(([id, { occurrence }]) => this.changed.get(id) ?? occurrence);
    return [
      arrayOf([...this.added.keys()]),
      arrayOf(alerts.map(({ alert }) => alert.alertSourceId)),
      arrayOf(alerts.map(({ event }) => event.source)),
      JSON.stringify(alerts.map(({ event }) => event.fingerprint)),
      arrayOf(occurrences.map(({ status }) => status)),
      arrayOf(occurrences.map(({ startsAtMs }) => startsAtMs)),
      arrayOf(occurrences.map(({ endsAtMs }) => endsAtMs)),
      arrayOf(occurrences.map(({ endReceivedAtMs }) => endReceivedAtMs)),
      arrayOf(occurrences.map(({ lastEventAtMs }) => lastEventAtMs)),
      JSON.stringify(alerts.map(({ event }) => event.name)),
      JSON.stringify(alerts.map(({ event }) => event.summary)),
      arrayOf(occurrences.map(({ severity }) => severity)),
      arrayOf(alerts.map(({ routed }) => routed.serviceId)),
      arrayOf(occurrences.map(({ incidentId }) => incidentId)),
      arrayOf(alerts.map(({ routed }) => routed.ruleId)),
      arrayOf(alerts.map(({ outcome }) => outcome)),
      jsonOf(alerts.map(({ event }) => event.labels)),
      jsonOf(alerts.map(({ event }) => event.annotations)),
      jsonOf(alerts.map(({ event }) => event.links)),
      arrayOf([...this.added.keys()].map((id) => this.counts.get(id) ?? 1)),
    ];
  }

  private deliveryColumns(): string[] {
    const { deliveries } = this;
    return [
      arrayOf(deliveries.map(({ id }) => id)),
      arrayOf(deliveries.map(({ alertId }) => alertId)),
      arrayOf(deliveries.map(({ event }) => event.status)),
      jsonOf(deliveries.map(({ event }) => event.raw ?? null)),
    ];
  }

  private outboxColumns(): string[] {
    const { outbox } = this;
    return [
      arrayOf(outbox.map(({ incidentId }) => incidentId)),
      arrayOf(outbox.map(({ rank }) => rank)),
      jsonOf(outbox.map(({ payload }) => payload)),
    ];
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
    for (const { incidentId, kind } of tells) {
      const payload = { kind, alertId, summary: event.summary, severity: routed.severity };
      this.outbox.push({ incidentId, rank: outboxRank(routed.severity), payload });
    }
  }

  private count(alertId: string): void {
    this.counts.set(alertId, (this.counts.get(alertId) ?? 0) + 1);
  }
}

/** An array as Postgres reads it, of words that need no quotes: ids, numbers and our own vocabulary. */
const arrayOf = (values: readonly (string | number | null)[]): string => `{${values.map((value) => value ?? 'null').join()}}`;

const jsonOf = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(jsonSeparator);

function prepare(alert: IncomingAlert, settings: ServiceRow | undefined): Prepared {
  const { event, alertSourceId, routed, receivedAtMs } = alert;
  const fingerprintKey = `${alertSourceId} ${event.fingerprint}`;
  const startsAtMs = soundInstant(event.startsAt, receivedAtMs);
  const endsAtMs = soundInstant(event.endsAt, receivedAtMs);
  const toldAtMs = soundInstant(event.at, receivedAtMs);
  const ownAtMs = toldAtMs ?? (event.status === 'resolved' ? endsAtMs : null) ?? startsAtMs;
  const atMs = ownAtMs ?? receivedAtMs;
  // The same alert with another severity is no repeat: it may have become worse.
  const told = event.status === 'firing' ? routed.severity : null;
  const parts = groupingParts(settings?.grouping ?? { by: 'alert_name' }, {
    serviceId: routed.serviceId,
    fingerprintKey,
    name: event.name,
    labels: event.labels,
  });
  return {
    alert,
    deliveryId: digest(JSON.stringify([alertSourceId, event.fingerprint, startsAtMs ?? `at ${atMs}`, event.status, endsAtMs, told])),
    arrival: {
      fingerprintKey,
      groupingKey: digest(JSON.stringify(parts)),
      status: event.status,
      startsAtMs,
      endsAtMs,
      atMs,
      isTimed: ownAtMs !== null,
      receivedAtMs,
      severity: routed.severity,
      suppressed: routed.suppressed,
      reopenWindowSeconds: settings?.reopenWindowSeconds ?? 0,
    },
  };
}

/** 128 bits in the form of a UUID: the odds of two alike among 10^12 are below 10^-14. */
function digest(text: string): string {
  const hex = hash('sha256', text, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const changeable = (occurrence: Occurrence) => ({
  status: occurrence.status,
  starts_at: instant(occurrence.startsAtMs),
  ends_at: instant(occurrence.endsAtMs),
  end_received_at: instant(occurrence.endReceivedAtMs),
  last_event_at: instant(occurrence.lastEventAtMs),
  severity: occurrence.severity,
  incident_id: occurrence.incidentId,
});
