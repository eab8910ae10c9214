import type { Pool } from 'pg';
import type { Failure } from '../connectors/outcome.ts';
import { pauseAfter } from '../domain/handover.ts';
import type { OnCallSchedule } from '../domain/on-call.ts';
import type { Said } from '../domain/said.ts';

/** A schedule, and what the chat was told of it. */
export interface KeptSchedule extends OnCallSchedule {
  readonly id: string;
  readonly name: string;
  readonly team_id: string | null;
  readonly user_group: string | null;
  readonly user_group_provider_id: string | null;
  readonly announce_handovers: boolean;
  /** False until its first look. */
  readonly is_known: boolean;
  /** Whoever the chat was told of last. */
  readonly on_call_id: string | null;
  /** Of hand-overs that were posted. */
  readonly sequence: number;
  /** The act of posting that was begun: it may have been done. */
  readonly posting: string | null;
  readonly post_failures: number;
  readonly post_retry_at: Date | null;
  /** A hash of the group and its members, as they were set last. */
  readonly group_set: string | null;
  readonly group_problem: Problem | null;
  readonly group_failures: number;
  readonly group_retry_at: Date | null;
}

/** Why the chat does not show what it should, and what a person can do. */
export interface Problem {
  readonly reason: Said;
  readonly cure: Said | null;
}

export async function readSchedules(pool: Pool): Promise<readonly KeptSchedule[]> {
  const { rows } = await pool.query<KeptSchedule>(
    `select s.id, s.name, s.time_zone, s.layers, s.overrides, s.team_id, s.user_group, s.user_group_provider_id, s.announce_handovers,
       h.schedule_id is not null as is_known, h.on_call_id, coalesce(h.sequence, 0) as sequence, h.posting,
       coalesce(h.post_failures, 0) as post_failures, h.post_retry_at, h.group_set, h.group_problem, coalesce(h.group_failures, 0) as group_failures, h.group_retry_at
     from schedules s left join handovers h on h.schedule_id = s.id order by s.name`,
  );
  return rows;
}

/** Whom the chat need not be told of any more: they were posted, or there is nobody to tell. */
export async function keepOnCall(pool: Pool, id: string, userId: string | null, { posted }: { readonly posted: boolean }): Promise<void> {
  await pool.query(
    `insert into handovers (schedule_id, on_call_id) values ($1, $2)
     on conflict (schedule_id) do update set on_call_id = $2, sequence = handovers.sequence + $3, posting = null, post_problem = null, post_failures = 0, post_retry_at = null`,
    [id, userId, posted ? 1 : 0],
  );
}

/** Before the chat is asked: whoever finds it knows that the message may be there. */
export async function beginPosting(pool: Pool, id: string, actId: string): Promise<void> {
  await pool.query('update handovers set posting = $2 where schedule_id = $1', [id, actId]);
}

export async function keepPostFailure(
  pool: Pool,
  { id, post_failures: before }: KeptSchedule,
  failure: Failure,
  nowMs: number,
): Promise<void> {
  await pool.query('update handovers set post_problem = $2, post_failures = $3, post_retry_at = $4 where schedule_id = $1', [
    id,
    JSON.stringify(problemOf(failure)),
    before + 1,
    new Date(nowMs + pauseAfter(before + 1, failure)),
  ]);
}

/** @param retryAtMs when it is set again although nothing has changed, epoch milliseconds; null for never */
export async function keepGroupSet(
  pool: Pool,
  id: string,
  set: string | null,
  problem: Problem | null,
  retryAtMs: number | null,
): Promise<void> {
  await pool.query(
    'update handovers set group_set = $2, group_problem = $3, group_failures = 0, group_retry_at = $4 where schedule_id = $1',
    [id, set, problem === null ? null : JSON.stringify(problem), retryAtMs === null ? null : new Date(retryAtMs)],
  );
}

export async function keepGroupFailure(
  pool: Pool,
  { id, group_failures: before }: KeptSchedule,
  failure: Failure,
  nowMs: number,
): Promise<void> {
  await pool.query('update handovers set group_problem = $2, group_failures = $3, group_retry_at = $4 where schedule_id = $1', [
    id,
    JSON.stringify(problemOf(failure)),
    before + 1,
    new Date(nowMs + pauseAfter(before + 1, failure)),
  ]);
}

const problemOf = ({ reason, cure }: Failure): Problem => ({ reason, cure });
