import type { Pool } from 'pg';
import { activeUsers } from '../../people/active-users.ts';
import { onCallUntil } from '../../domain/on-call-until.ts';
import type { OnCallSchedule } from '../../domain/on-call.ts';

/** The schedules in which somebody is on call at an instant, and until when; null where no end is near. */
export async function dutiesOf(pool: Pool, userId: string, atMs: number) {
  const [{ rows }, isThere] = await Promise.all([
    pool.query<OnCallSchedule & { id: string; name: string }>('select id, name, time_zone, layers, overrides from schedules order by name'),
    activeUsers(pool),
  ]);
  return rows.flatMap(({ id, name, ...schedule }) => {
    const untilMs = dutyEnd(schedule, userId, atMs, isThere);
    if (untilMs === null) return [];
    return [{ schedule: { id, name }, until: Number.isFinite(untilMs) ? new Date(untilMs).toISOString() : null }];
  });
}

/** A schedule that cannot be computed has nobody, as when it pages. */
function dutyEnd(schedule: OnCallSchedule, userId: string, atMs: number, isThere: (userId: string) => boolean): number | null {
  try {
    return onCallUntil(schedule, userId, atMs, isThere);
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
