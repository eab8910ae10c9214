/**
 * SQL: whether an incident `i` of a service `s` goes on, may be reopened, or has something yet to be told. What it stands on is not deleted.
 * A resolved one owes its last messages for a day at most, as the auditor sees it.
 */
export const inUse = `(i.status <> 'RESOLVED' or i.resolved_at > now() - make_interval(secs => s.reopen_window_seconds)
  or (i.due_at is not null and i.resolved_at > now() - interval '1 day')
  or exists (select from outbox o where o.incident_id = i.id) or exists (select from told t where t.incident_id = i.id))`;
