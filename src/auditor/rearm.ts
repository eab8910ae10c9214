import type { Pool } from 'pg';
import { outboxChannel } from '../contract/names.ts';
import { auditCommandPrefix, rankOf } from './store.ts';

/** Help that did not help is given again, but not at every look: each is an event in the history of a run that may be stuck. */
const againAfterSeconds = 60;

/**
 * Puts back into the outbox whatever these incidents' workflows were told and have not recorded, and a look at the time. The
 * relay starts a workflow that is missing; it goes on from the stored state, and passes over what it knows already.
 */
export async function rearm(pool: Pool, incidentIds: readonly string[]): Promise<void> {
  if (incidentIds.length === 0) return;
  await pool.query({ name: 'audit-rearm', text: statement, values: [incidentIds, againAfterSeconds, `${auditCommandPrefix}%`] });
}

/** Alerts keep their ids, which are the versions that the workflow knows them by. */
const statement = `
  with due as (
    update audit_findings set rearmed_at = now()
    where incident_id = any($1::uuid[]) and (rearmed_at is null or rearmed_at <= now() - make_interval(secs => $2))
    returning incident_id
  ),
  incident as (
    select i.id, ${rankOf('i.severity')} as rank
    from due join incidents i on i.id = due.incident_id
  ),
  untold as (delete from told t using due where t.incident_id = due.incident_id returning t.*),
  alerts as (
    insert into outbox (id, incident_id, rank, kind, payload, created_at) overriding system value
    select id, incident_id, rank, 'alert', payload, created_at from untold
  ),
  commands as (
    insert into outbox (incident_id, rank, kind, payload)
    select c.incident_id, 0, 'command', json_build_object('commandId', c.id)
    from commands c join due on due.incident_id = c.incident_id
    where c.outcome is null and c.id not like $3
      and not exists (select from outbox o where o.incident_id = c.incident_id and o.kind = 'command' and o.payload ->> 'commandId' = c.id)
    order by c.accepted_at
  ),
  looks as (
    insert into outbox (incident_id, rank, kind, payload)
    select id, rank, 'opened', '{}' from incident
    where not exists (select from outbox o where o.incident_id = incident.id and o.kind = 'opened')
  )
  select pg_notify('${outboxChannel}', '') where exists (select from due)`;
