import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { outboxChannel } from '../contract/names.ts';
import type { Database } from '../db/database.ts';
import { inTransaction } from '../db/in-transaction.ts';
import { storedSaid, type StoredSaid } from '../db/stored-said.ts';
import { outboxRank } from '../domain/outbox-rank.ts';
import { asSaid } from '../domain/said.ts';
import {
  CommandReused,
  UnknownIncident,
  UnknownService,
  type CommandRequest,
  type CommandResult,
  type Incidents,
  type OpenIncident,
} from './incidents.ts';

/** A person's command comes before every alert that waits. */
const commandRank = 0;
/** Between two looks for a command's result, milliseconds: most are there after the second. */
const lookEveryMs = 15;

export function createIncidents({ database }: { database: Pick<Database, 'pool'> }): Incidents {
  const { pool } = database;
  return {
    open: (request) => inTransaction(pool, (client) => open(client, request)),
    async command(request) {
      await inTransaction(pool, (client) => keepCommand(client, request));
      return awaitResult(pool, request);
    },
  };
}

async function open(client: PoolClient, request: OpenIncident): Promise<{ id: string; shortId: string }> {
  const { rows } = await client.query<{ id: string; short_id: string }>(
    `insert into incidents (id, title, description, severity, service_id, team_id, assignee_id, origin, created_by, created_by_id, policy_id, policy_version,
       impact_scope_ids, runbook_url, opened_quietly)
     select $1, $2, $3, $4, s.id, s.team_id, $5, 'person', $6, $9, p.id, p.version, $7::uuid[], s.runbook_url, $10
     from services s join escalation_policies p on p.id = s.escalation_policy_id where s.id = $8
     on conflict (id) do nothing returning id, short_id`,
    [
      request.id,
      request.title,
      request.description,
      request.severity,
      request.assigneeId,
      request.actor.name,
      request.impactScopeIds,
      request.serviceId,
      request.actor.id,
      request.isQuiet ?? false,
    ],
  );
  const row = rows[0];
  if (row !== undefined) {
    await putInOutbox(client, { incidentId: row.id, rank: outboxRank(request.severity), kind: 'opened', payload: {} });
    return { id: row.id, shortId: row.short_id };
  }
  const existing = await client.query<{ id: string; short_id: string }>('select id, short_id from incidents where id = $1', [request.id]);
  const before = existing.rows[0];
  if (before === undefined) throw new UnknownService('There is no such service.');
  return { id: before.id, shortId: before.short_id };
}

async function keepCommand(client: PoolClient, { id, incidentId, actor, body }: CommandRequest): Promise<void> {
  const known = await client.query('select 1 from incidents where id = $1', [incidentId]);
  if (known.rowCount === 0) throw new UnknownIncident('There is no such incident.');
  const kept = await client.query(
    'insert into commands (id, incident_id, kind, actor, payload) values ($1, $2, $3, $4, $5) on conflict (id) do nothing',
    [id, incidentId, body.kind, JSON.stringify(actor), JSON.stringify(body)],
  );
  if (kept.rowCount === 1) {
    await putInOutbox(client, { incidentId, rank: commandRank, kind: 'command', payload: { commandId: id } });
    return;
  }
  const same = await client.query('select 1 from commands where id = $1 and incident_id = $2 and payload = $3::jsonb', [
    id,
    incidentId,
    JSON.stringify(body),
  ]);
  if (same.rowCount === 0) throw new CommandReused('This command id was used for something else.');
}

async function putInOutbox(
  client: PoolClient,
  { incidentId, rank, kind, payload }: { incidentId: string; rank: number; kind: string; payload: object },
): Promise<void> {
  await client.query(
    `with told as (insert into outbox (incident_id, rank, kind, payload) values ($1, $2, $3, $4)) select pg_notify('${outboxChannel}', '')`,
    [incidentId, rank, kind, JSON.stringify(payload)],
  );
}

async function awaitResult(pool: Pool, { id, waitMs }: CommandRequest): Promise<CommandResult> {
  const deadlineMs = Date.now() + waitMs;
  for (let lookMs = lookEveryMs; ; lookMs = Math.min(250, lookMs * 1.5)) {
    const { rows } = await pool.query<StoredSaid & { outcome: 'applied' | 'refused' | null }>({
      name: 'command-result',
      text: 'select outcome, said, message from commands where id = $1',
      values: [id],
    });
    const [row] = rows;
    if (row !== undefined && row.outcome !== null) return { outcome: row.outcome, said: asSaid(storedSaid(row)) };
    if (Date.now() + lookMs > deadlineMs) return { outcome: 'pending' };
    await delay(lookMs);
  }
}
