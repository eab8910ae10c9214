import type { Pool } from 'pg';
import { outboxChannel } from '../../src/contract/names.ts';

/** Tells the relay of an incident as if it had just been opened: its run starts, from the state in the store. */
export async function rearm(pool: Pool, incidentId: string): Promise<void> {
  await pool.query(
    `with told as (insert into outbox (incident_id, rank, kind, payload) values ($1, 1, 'opened', '{}')) select pg_notify('${outboxChannel}', '')`,
    [incidentId],
  );
}
