import type { Client, WorkflowSignalWithStartOptions } from '@temporalio/client';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { alertsSignal, commandSignal, lookSignal, type IncidentInput } from '../contract/incident.ts';
import { incidentWorkflowId, incidentWorkflowType, searchAttributes, taskQueue, workflowTaskTimeout } from '../contract/names.ts';
import type { AlertChange, AlertsSignal, Command } from '../domain/incident/happening.ts';
import { severityRank, type Severity } from '../domain/vocabulary.ts';
import { failPoint } from '../observe/fail-point.ts';

/** Rows told at once: their versions fill some kilobytes of one history event. */
const rowsPerDelivery = 500;
/** The rows are locked meanwhile, and other incidents wait for this one's place. */
const temporalDeadlineMs = 5_000;
/** Changes told with their words. */
const toldChanges = 10;

interface OutboxRow {
  readonly id: string;
  readonly kind: 'opened' | 'alert' | 'command';
  readonly payload: { kind: AlertChange['kind']; alertId: string; summary: string; severity: Severity } | { commandId: string };
}

interface IncidentFacts {
  readonly id: string;
  readonly short_id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: string;
  readonly service: string;
}

interface Counts {
  readonly firing: number;
  readonly resolved: number;
  readonly worst: Severity | null;
}

/** What waits for an incident, and the incident as it stands; its alerts are counted when one of them waits. */
interface Taken {
  readonly rows: readonly OutboxRow[];
  /** Alerts that were told before and are not recorded yet: should Temporal have lost them, they are told with what comes now. */
  readonly earlier: readonly OutboxRow[];
  readonly facts: IncidentFacts | null;
  readonly counts: Counts | null;
}

/**
 * Tells one incident what waits for it, in order, and takes it from the outbox. One process at a time does so for an
 * incident; another leaves it alone. Returns how many signals it took.
 */
export async function deliverIncident(
  { pool, client, ...start }: { readonly pool: Pool; readonly client: Client } & StartSettings,
  incidentId: string,
): Promise<number | 'held_elsewhere'> {
  const connection = await pool.connect();
  let broken = true;
  try {
    if (!(await beginAlone(connection, incidentId))) {
      await connection.query('rollback');
      broken = false;
      return 'held_elsewhere';
    }
    const taken = await take(connection, incidentId);
    const { rows, facts } = taken;
    const signals = facts === null ? [] : await toSignals(connection, taken);
    for (const signal of signals) {
      await client.withDeadline(Date.now() + temporalDeadlineMs, () =>
        client.workflow.signalWithStart(incidentWorkflowType, startOptions(facts as IncidentFacts, signal, start)),
      );
    }
    if (signals.length > 0) failPoint('relay-signalled');
    // In one go: a commit after a statement that failed undoes everything.
    await Promise.all([
      connection.query({ name: 'relay-told', text: tellStatement, values: [rows.map(({ id }) => id)] }),
      connection.query('commit'),
    ]);
    failPoint('relay-committed');
    broken = false;
    return signals.length;
  } catch (error) {
    await connection.query('rollback').then(
      () => (broken = false),
      () => undefined,
    );
    throw error;
  } finally {
    connection.release(broken);
  }
}

/**
 * Alerts are kept until the workflow has recorded them: what Temporal loses can be told again. People's commands wait in
 * their own table for an answer.
 */
const tellStatement = `
  with gone as (delete from outbox where id = any($1::bigint[]) returning id, incident_id, rank, kind, payload, created_at)
  insert into told (incident_id, id, rank, payload, created_at)
  select incident_id, id, rank, payload, created_at from gone where kind = 'alert' on conflict (incident_id, id) do nothing`;

/** Begins a transaction, and says whether this process may tell the incident: what came later is never told before what came earlier. */
async function beginAlone(connection: PoolClient, incidentId: string): Promise<boolean> {
  const results = (await connection.query(
    `begin; select pg_try_advisory_xact_lock(hashtextextended(${connection.escapeLiteral(incidentId)}, 0)) as free`,
  )) as unknown as readonly QueryResult<{ free: boolean }>[];
  return results[1]?.rows[0]?.free === true;
}

async function take(connection: PoolClient, incidentId: string): Promise<Taken> {
  const { rows } = await connection.query<Taken>({
    name: 'relay-take',
    text: `with taken as materialized (
        select id, kind, payload from outbox where incident_id = $1 order by id limit $2 for update skip locked
      ),
      earlier as (
        select id, 'alert' as kind, payload from told where incident_id = $1 order by id desc limit $2
      ),
      facts as (
        select i.id, i.short_id, i.title, i.severity, i.status, s.name as service
        from incidents i join services s on s.id = i.service_id where i.id = $1
      ),
      counts as (
        select count(*) filter (where status = 'firing')::int as firing, count(*) filter (where status = 'resolved')::int as resolved,
          min(severity) filter (where status = 'firing') as worst from alerts where incident_id = $1
      )
      select (select coalesce(json_agg(json_build_object('id', id::text, 'kind', kind, 'payload', payload) order by id), '[]') from taken) as rows,
        (select coalesce(json_agg(json_build_object('id', id::text, 'kind', kind, 'payload', payload) order by id), '[]') from earlier) as earlier,
        (select to_json(facts) from facts) as facts,
        (select to_json(counts) from counts where exists (select from taken where kind = 'alert')) as counts`,
    values: [incidentId, rowsPerDelivery],
  });
  return rows[0] as Taken;
}

type Signal =
  | { readonly signal: typeof alertsSignal; readonly args: [AlertsSignal] }
  | { readonly signal: typeof commandSignal; readonly args: [Command] }
  | { readonly signal: typeof lookSignal; readonly args: [] };

/** Neighbouring alerts become one signal; a command keeps its place among them. */
async function toSignals(connection: PoolClient, { rows, earlier, counts }: Taken): Promise<readonly Signal[]> {
  const signals: Signal[] = [];
  for (let index = 0; index < rows.length;) {
    const row = rows[index] as OutboxRow;
    if (row.kind === 'alert') {
      const run = rows.slice(index).findIndex(({ kind }) => kind !== 'alert');
      const alerts = rows.slice(index, run === -1 ? undefined : index + run);
      signals.push({ signal: alertsSignal, args: [toAlertsSignal(alerts, earlier, counts)] });
      index += alerts.length;
      continue;
    }
    if (row.kind === 'opened') signals.push({ signal: lookSignal, args: [] });
    else {
      const command = await readCommand(connection, (row.payload as { commandId: string }).commandId);
      if (command !== null) signals.push({ signal: commandSignal, args: [command] });
    }
    index += 1;
  }
  return signals;
}

function toAlertsSignal(rows: readonly OutboxRow[], earlier: readonly OutboxRow[], counts: Counts | null): AlertsSignal {
  const toChange = ({ id, payload }: OutboxRow): AlertChange => ({ version: Number(id), ...(payload as Omit<AlertChange, 'version'>) });
  const changes = rows.map(toChange);
  const all = [...earlier.map(toChange), ...changes];
  const versions = (kind: AlertChange['kind']): number[] => all.filter((change) => change.kind === kind).map(({ version }) => version);
  return {
    version: Math.max(...changes.map(({ version }) => version)),
    firing: counts?.firing ?? 0,
    resolved: counts?.resolved ?? 0,
    worst: counts?.worst ?? null,
    fired: versions('firing'),
    ended: versions('resolved'),
    changes: changes.slice(0, toldChanges),
  };
}

async function readCommand(connection: PoolClient, commandId: string): Promise<Command | null> {
  const { rows } = await connection.query<{ id: string; actor: Command['actor']; payload: Command['body']; accepted_at: Date }>({
    name: 'relay-command',
    text: 'select id, actor, payload, accepted_at from commands where id = $1',
    values: [commandId],
  });
  const row = rows[0];
  return row === undefined ? null : { id: row.id, actor: row.actor, body: row.payload, acceptedAtMs: row.accepted_at.getTime() };
}

interface StartSettings {
  readonly withSearchAttributes: boolean;
  readonly eventLimit?: number;
}

function startOptions(
  facts: IncidentFacts,
  { signal, args }: Signal,
  { withSearchAttributes, eventLimit }: StartSettings,
): WorkflowSignalWithStartOptions {
  const input: IncidentInput = { incidentId: facts.id, ...(eventLimit !== undefined && { eventLimit }) };
  return {
    workflowId: incidentWorkflowId(facts.id),
    taskQueue,
    workflowTaskTimeout,
    args: [input],
    signal,
    signalArgs: args,
    // The run before ended when the incident was resolved; the next one goes on from the store.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `${facts.short_id} ${facts.title}`.slice(0, 200),
    staticDetails: `Service **${facts.service}**, opened as ${facts.severity}`,
    priority: { priorityKey: severityRank(facts.severity) },
    ...(withSearchAttributes && {
      typedSearchAttributes: [
        { key: searchAttributes.service, value: facts.service },
        { key: searchAttributes.severity, value: facts.severity },
        { key: searchAttributes.status, value: facts.status },
        { key: searchAttributes.shortId, value: facts.short_id },
      ],
    }),
  } as WorkflowSignalWithStartOptions;
}
