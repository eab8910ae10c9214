import type { PoolClient } from 'pg';
import { auditorLock } from '../contract/locks.ts';
import { audit, severityAtStake, type Fault, type Started } from '../domain/audit.ts';
import { isWorse } from '../domain/vocabulary.ts';
import type { AuditorDeps, AuditorPace } from './deps.ts';
import { pageAll } from './page-fallback.ts';
import { rearm } from './rearm.ts';
import { keepFindings, readIncidents, readStarted, type IncidentRow } from './store.ts';
import { readRunning } from './temporal.ts';

export interface Found {
  readonly incidentId: string;
  readonly fault: Fault;
  readonly pageFallback: boolean;
}

export interface Looked {
  readonly findings: readonly Found[];
  /** What is wrong with the whole: Temporal does not answer, no worker polls. */
  readonly problems: readonly string[];
  /** Incidents of which the fallback was told now. */
  readonly paged: number;
}

/** Null when another process is at it, or was a moment ago. */
export async function look(deps: AuditorDeps, pace: AuditorPace): Promise<Looked | null> {
  const guard = await deps.database.pool.connect();
  let broken = true;
  try {
    const looked = (await mayLook(guard, pace.everyMs)) ? await lookNow(deps, pace) : null;
    await guard.query('select pg_advisory_unlock_all()');
    broken = false;
    return looked;
  } finally {
    // A connection that is thrown away gives its lock back.
    guard.release(broken);
  }
}

/** Nobody was reached: tried again after so long. */
const againAfterMs = 5 * 60_000;

/** Once in an outage; again for what is worse than what was told, and for what came after somebody took it. */
function mayPage(incident: IncidentRow, nowMs: number): boolean {
  const { pagedAtMs, pagedSeverity, triedAtMs, taken } = incident;
  const reachedNobody = triedAtMs !== null && (pagedAtMs === null || triedAtMs > pagedAtMs);
  if (reachedNobody && nowMs - triedAtMs <= againAfterMs) return false;
  if (pagedAtMs === null || (taken !== null && taken.atMs > pagedAtMs)) return true;
  return pagedSeverity !== null && isWorse(severityAtStake(incident), pagedSeverity);
}

async function mayLook(guard: PoolClient, everyMs: number): Promise<boolean> {
  const { rows } = await guard.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [auditorLock]);
  if (rows[0]?.free !== true) return false;
  const begun = await guard.query(
    `insert into audit_looks (begun_at) values (now()) on conflict (only_row) do update set begun_at = now()
     where audit_looks.begun_at <= now() - make_interval(secs => $1) or audit_looks.begun_at > now()`,
    // A third of it is the time between two tries of one process. A look that lies ahead is of a clock that was set back since.
    [(everyMs * 0.9) / 1000],
  );
  return begun.rowCount === 1;
}

async function lookNow(deps: AuditorDeps, { limits }: AuditorPace): Promise<Looked> {
  const { pool } = deps.database;
  const { nowMs, incidents } = await readIncidents(pool);
  const isLong = (sinceMs: number | null): boolean => sinceMs !== null && nowMs - sinceMs > limits.graceMs;
  const open = incidents.filter(
    ({ status, recordedAtMs, dueAtMs, waitingSinceMs }) =>
      isLong(recordedAtMs) && (status !== 'RESOLVED' || dueAtMs !== null || isLong(waitingSinceMs)),
  );
  const temporal = await readRunning(
    deps.client,
    open.map(({ id }) => id),
    limits.silentMs,
  );
  const isAttended = temporal.problems.length === 0;
  const judge = (incident: IncidentRow, started: readonly Started[]): (Found & { incident: IncidentRow })[] => {
    const finding = audit({ ...incident, isRunning: !temporal.missing.has(incident.id), isAttended }, nowMs, started, limits);
    return finding === null ? [] : [{ incidentId: incident.id, ...finding, incident }];
  };
  const suspects = incidents.filter((incident) => judge(incident, []).length > 0);
  const started = suspects.length === 0 ? [] : await readStarted(pool, limits.graceMs);
  const found = suspects.flatMap((incident) => judge(incident, started));
  await keepFindings(pool, found);
  await rearm(
    pool,
    found.map(({ incidentId }) => incidentId),
  );
  const helpless = found.filter(({ pageFallback, incident }) => pageFallback && mayPage(incident, nowMs));
  const paged = await pageAll(
    deps,
    helpless.map(({ incident, fault }) => ({ incident, fault })),
  );
  return {
    findings: found.map(({ incidentId, fault, pageFallback }) => ({ incidentId, fault, pageFallback })),
    problems: temporal.problems,
    paged,
  };
}
