import type { Client, WorkflowSignalWithStartOptions } from '@temporalio/client';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { alertsSignal, commandSignal, lookSignal, type IncidentInput } from '../contract/incident.ts';
import { incidentWorkflowId, incidentWorkflowType, searchAttributes, taskQueue, workflowTaskTimeout } from '../contract/names.ts';
import { nameOf, shortSeverity } from '../domain/incident/describe.ts';
import { severityRank, type Severity } from '../domain/vocabulary.ts';
import { failPoint } from '../observe/fail-point.ts';

/** Rows told at once: a signal does not carry them, so they cost no more than their move. */
const rowsPerDelivery = 5_000;
/** The rows are locked meanwhile, and other incidents wait for this one's place. */
const temporalDeadlineMs = 5_000;

interface OutboxRow {
  readonly id: string;
  readonly kind: 'opened' | 'alert' | 'command';
  readonly commandId: string | null;
}

interface IncidentFacts {
  readonly id: string;
  readonly short_id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: string;
  readonly service: string;
  readonly has_begun: boolean;
}

/** What waits for an incident, and the incident as it stands. */
interface Taken {
  readonly rows: readonly OutboxRow[];
  readonly facts: IncidentFacts | null;
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
    const { rows, facts } = await take(connection, incidentId);
    const signals = facts === null ? [] : toSignals(rows, facts);
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
        select id, kind, payload ->> 'commandId' as command_id from outbox where incident_id = $1 order by id limit $2 for update skip locked
      ),
      facts as (
        select i.id, i.short_id, i.title, i.severity, i.status, s.name as service, i.recorded_at is not null as has_begun
        from incidents i join services s on s.id = i.service_id where i.id = $1
      )
      select (select coalesce(json_agg(json_build_object('id', id::text, 'kind', kind, 'commandId', command_id) order by id), '[]') from taken) as rows,
        (select to_json(facts) from facts) as facts`,
    values: [incidentId, rowsPerDelivery],
  });
  return rows[0] as Taken;
}

type Signal =
  | { readonly signal: typeof alertsSignal | typeof lookSignal; readonly args: [] }
  | { readonly signal: typeof commandSignal; readonly args: [{ readonly id: string }] };

/** A signal says only that there is news: the workflow reads in the store what it is. Where it has yet to begin, it reads all there is anyway. */
function toSignals(rows: readonly OutboxRow[], { has_begun: hasBegun }: IncidentFacts): readonly Signal[] {
  const commands = rows.flatMap(({ commandId }): Signal[] =>
    commandId === null ? [] : [{ signal: commandSignal, args: [{ id: commandId }] }],
  );
  if (rows.length === commands.length) return commands;
  const hasAlerts = rows.some(({ kind }) => kind === 'alert');
  return [{ signal: hasAlerts && hasBegun ? alertsSignal : lookSignal, args: [] }, ...commands];
}

interface StartSettings {
  readonly withSearchAttributes: boolean;
}

function startOptions(
  facts: IncidentFacts,
  { signal, args }: Signal,
  { withSearchAttributes }: StartSettings,
): WorkflowSignalWithStartOptions {
  const input: IncidentInput = { incidentId: facts.id };
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
    staticSummary: `${nameOf({ ...facts, shortId: facts.short_id })}, ${facts.service}`.slice(0, 200),
    staticDetails: `Service **${facts.service}**, ${shortSeverity(facts.severity)} when this run started`,
    // A list shows it as a column, in namespaces without our search attributes, too.
    memo: { incident: facts.short_id, title: facts.title.slice(0, 200), service: facts.service },
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
