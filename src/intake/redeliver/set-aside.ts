import type { Pool } from 'pg';
import { inTransaction } from '../../db/in-transaction.ts';
import { correlationLock } from '../../contract/locks.ts';
import { outboxChannel } from '../../contract/names.ts';
import { outboxRank } from '../../domain/outbox-rank.ts';
import type { Severity } from '../../domain/vocabulary.ts';

export interface SetAside {
  readonly id: string;
  readonly fingerprint: string;
  readonly outcome: string;
}

/**
 * Makes room for an alert that is to be handled anew: the occurrence keeps its row and what was sent, but ends, under a
 * fingerprint that no source sends, so that the same delivery counts as new, with its own start, and its end still finds it.
 * The incident it was in is not told here: should the process die before the alert is taken in again, somebody is still
 * paged for it. False when another request did it first.
 */
export async function setAside(pool: Pool, { id, fingerprint }: SetAside): Promise<boolean> {
  return withLock(
    pool,
    `with aside as (
       update alerts set fingerprint = fingerprint || ' (delivered again: ' || id || ')', status = 'resolved', ends_at = now(), outcome = 'redelivered'
       where id = $1 and fingerprint = $2 and status = 'firing' returning id
     ), freed as (
       update alert_deliveries set id = md5(id::text || ' delivered again')::uuid where alert_id in (select id from aside)
     )
     select id from aside`,
    [id, fingerprint],
  );
}

/** Takes `setAside` back: the alert could not be taken in again. */
export async function putBack(pool: Pool, { id, fingerprint, outcome }: SetAside): Promise<boolean> {
  return withLock(
    pool,
    `update alerts set fingerprint = $2, status = 'firing', ends_at = null, outcome = $3 where id = $1 and outcome = 'redelivered'
       and not exists (select from alerts newer where newer.integration_id = alerts.integration_id and newer.fingerprint = $2
         and newer.starts_at >= alerts.starts_at) returning id`,
    [id, fingerprint, outcome],
  );
}

/**
 * Under the lock of those who correlate alerts: none of them sees the half of it, and what is told of an incident has its place in the outbox
 * in the order in which it is committed, since a later one makes an incident deaf to an earlier one.
 */
function withLock(pool: Pool, statement: string, values: readonly (string | number)[]): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [correlationLock]);
    const { rowCount } = await client.query(statement, [...values]);
    return rowCount === 1;
  });
}

/** Tells an open incident that an alert of it ended here. */
export async function tellEnded(
  pool: Pool,
  { incidentId, alertId, summary, severity }: { incidentId: string; alertId: string; summary: string; severity: Severity },
): Promise<void> {
  await withLock(
    pool,
    `with told as (
       insert into outbox (incident_id, rank, kind, payload)
       select id, $2, 'alert', $3 from incidents where id = $1 and status <> 'RESOLVED' returning 1
     )
     select pg_notify('${outboxChannel}', '') where exists (select from told)`,
    [incidentId, outboxRank(severity), JSON.stringify({ kind: 'resolved', alertId, summary, severity })],
  );
}
