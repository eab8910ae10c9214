import { hash, randomUUID } from 'node:crypto';
import { DatabaseError, type Pool, type PoolClient, type QueryConfig, type QueryResult } from 'pg';
import { correlationLock } from '../contract/locks.ts';
import {
  correlate,
  groupingParts,
  outboxRank,
  type Arrival,
  type Correlated,
  type Grouping,
  type Known,
  type Occurrence,
} from '../domain/correlation.ts';
import { failPoint } from '../observe/fail-point.ts';
import type { IncomingAlert, StoredAlert } from './intake.ts';
import {
  countStatement,
  payloadSeparator,
  readStatement,
  writeStatement,
  type AlertRow,
  type DeliveryRow,
  type IncidentRow,
  type KnownRow,
  type OutboxRow,
} from './store-sql.ts';

const idBlock = 10_000;

/** Correlates and writes a batch in one transaction. */
export function createAlertStore(pool: Pool): (alerts: readonly IncomingAlert[]) => Promise<readonly StoredAlert[]> {
  const ids = createIds();

  return async (alerts) => {
    const client = await pool.connect();
    let broken = true;
    try {
      await ids.reserve(client, alerts.length);
      try {
        const settings = await begin(client, alerts);
        const batch = new Batch(alerts, settings, ids);
        const { rows } = await client.query<KnownRow>(inTime({ ...readStatement, values: [JSON.stringify(batch.keys())] }));
        const stored = batch.correlate(rows[0] as KnownRow);
        const { statement, values } = batch.writes();
        await client.query(inTime({ ...statement, values }));
        failPoint('intake-written');
        await client.query(inTime({ text: 'commit' }));
        failPoint('intake-committed');
        broken = false;
        return stored;
      } catch (error) {
        // Only what Postgres itself refused leaves a connection that still talks.
        if (error instanceof DatabaseError) {
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

interface ServiceSettings {
  readonly grouping: Grouping;
  readonly reopen_window_seconds: number;
}

/** Begins, takes the lock, and reads how the services of these alerts group, in one round trip. */
async function begin(client: PoolClient, alerts: readonly IncomingAlert[]): Promise<ReadonlyMap<string, ServiceSettings>> {
  const services = [...new Set(alerts.map(({ routed }) => routed.serviceId))].map((id) => client.escapeLiteral(id));
  const results = (await client.query(
    inTime({
      text: `begin; select pg_advisory_xact_lock(${correlationLock});
        select id, grouping, reopen_window_seconds from services where id in (${services.join()})`,
    }),
  )) as unknown as readonly QueryResult<ServiceSettings & { id: string }>[];
  return new Map(results[2]?.rows.map((row) => [row.id, row]));
}

interface Ids {
  reserve(client: PoolClient, count: number): Promise<void>;
  alert(): string;
  incident(): string;
}

/** Alert ids from blocks of a sequence, so that a batch can name its alerts before it writes them. */
function createIds(): Ids {
  let next = 0;
  let end = 0;
  return {
    async reserve(client, count) {
      if (end - next >= count) return;
      const { rows } = await client.query<{ first: string }>(inTime({ text: `select nextval('alert_id_blocks') as first` }));
      next = Number(rows[0]?.first);
      end = next + idBlock;
    },
    alert: () => String(next++),
    incident: () => randomUUID(),
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

/** One batch on its way: what it asks the store, what it decides, what it writes. */
class Batch {
  private readonly prepared: readonly Prepared[];
  private readonly ids: Ids;
  private readonly incidents: IncidentRow[] = [];
  private readonly deliveries: DeliveryRow[] = [];
  private readonly outbox: OutboxRow[] = [];
  private readonly added = new Map<string, AlertRow>();
  private readonly changed = new Map<string, Occurrence>();
  /** Of alerts that came to an incident only now. */
  private readonly outcomes = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor(alerts: readonly IncomingAlert[], settings: ReadonlyMap<string, ServiceSettings>, ids: Ids) {
    this.ids = ids;
    this.prepared = alerts.map((alert) => prepare(alert, settings.get(alert.routed.serviceId)));
  }

  keys(): readonly object[] {
    return this.prepared.map(({ alert, arrival, deliveryId }) => ({
      d: deliveryId,
      n: alert.integrationId,
      f: alert.event.fingerprint,
      g: arrival.groupingKey,
    }));
  }

  correlate({ seen, occurrences, incidents }: KnownRow): readonly StoredAlert[] {
    const alertOfDelivery = new Map(seen.map(([delivery, alertId, incidentId]) => [delivery, { alertId, incidentId }]));
    const known: Known = {
      occurrences: new Map(occurrences.map((row) => [`${row.integrationId} ${row.fingerprint}`, row])),
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

  writes(): { readonly statement: typeof writeStatement; readonly values: string[] } {
    const counts = [...this.counts].filter(([id]) => !this.added.has(id) && !this.changed.has(id)).map(([id, count]) => ({ id, count }));
    if (this.deliveries.length === 0) return { statement: countStatement, values: [JSON.stringify(counts)] };
    const added = [...this.added].map(([id, row]) => ({
      ...row,
      ...changeable(this.changed.get(id) ?? row.occurrence),
      deliveries: this.counts.get(id) ?? 1,
      occurrence: undefined,
    }));
    const changed = [...this.changed]
      .filter(([id]) => !this.added.has(id))
      .map(([id, occurrence]) => ({ id, ...changeable(occurrence), outcome: this.outcomes.get(id) ?? null, count: this.counts.get(id) ?? 0 }));
    const rows = [this.incidents, added, changed, counts, this.outbox].map((some) => JSON.stringify(some));
    const { deliveries } = this;
    const payloads = deliveries.map(({ payload }) => JSON.stringify(payload ?? null)).join(payloadSeparator);
    const columns = [deliveries.map(({ id }) => id), deliveries.map((row) => row.alert_id), deliveries.map(({ status }) => status)];
    return { statement: writeStatement, values: [...rows, ...columns.map((column) => column.join()), payloads] };
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
    if (isNew) this.added.set(alertId, newRow(alert, occurrence, outcome));
    else this.changed.set(alertId, occurrence);
    if (attached.has(outcome)) this.outcomes.set(alertId, outcome);
    this.count(alertId);
    this.deliveries.push({ id: deliveryId, alert_id: alertId, status: event.status, payload: event.raw });
    for (const { incidentId, kind } of tells) {
      const payload = { kind, alertId, summary: event.summary, severity: routed.severity };
      this.outbox.push({ incident_id: incidentId, rank: outboxRank(routed.severity), payload });
    }
  }

  private count(alertId: string): void {
    this.counts.set(alertId, (this.counts.get(alertId) ?? 0) + 1);
  }
}

function prepare(alert: IncomingAlert, settings: ServiceSettings | undefined): Prepared {
  const { event, integrationId, routed, receivedAtMs } = alert;
  const fingerprintKey = `${integrationId} ${event.fingerprint}`;
  const startsAtMs = soundInstant(event.startsAt, receivedAtMs);
  const endsAtMs = soundInstant(event.endsAt, receivedAtMs);
  const toldAtMs = soundInstant(event.at, receivedAtMs);
  const atMs = toldAtMs ?? (event.status === 'resolved' ? endsAtMs : null) ?? startsAtMs ?? receivedAtMs;
  const parts = groupingParts(settings?.grouping ?? { by: 'alert_name' }, {
    serviceId: routed.serviceId,
    fingerprintKey,
    name: event.name,
    labels: event.labels,
  });
  return {
    alert,
    deliveryId: digest(JSON.stringify([integrationId, event.fingerprint, startsAtMs ?? `at ${atMs}`, event.status, endsAtMs])),
    arrival: {
      fingerprintKey,
      groupingKey: digest(JSON.stringify(parts)),
      status: event.status,
      startsAtMs,
      endsAtMs,
      atMs,
      receivedAtMs,
      severity: routed.severity,
      suppressed: routed.suppressed,
      reopenWindowSeconds: settings?.reopen_window_seconds ?? 0,
    },
  };
}

/** 128 bits in the form of a UUID: the odds of two alike among 10^12 are below 10^-14. */
function digest(text: string): string {
  const hex = hash('sha256', text, 'hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

function newRow({ integrationId, event, routed }: IncomingAlert, occurrence: Occurrence, outcome: string): AlertRow {
  return {
    id: occurrence.alertId,
    occurrence,
    integration_id: integrationId,
    source: event.source,
    fingerprint: event.fingerprint,
    name: event.name,
    summary: event.summary,
    service_id: routed.serviceId,
    rule_id: routed.ruleId,
    outcome,
    labels: event.labels,
    annotations: event.annotations,
    links: event.links,
  };
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
