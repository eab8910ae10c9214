import { Temporal } from 'temporal-polyfill';

/** Who takes turns in which order. Stored and sent as it is: snake_case. */
export interface OnCallSchedule {
  /** IANA name, `Europe/Paris`. */
  readonly time_zone: string;
  /** Later layers lie over earlier ones: the last one that has somebody at an instant decides. */
  readonly layers: readonly ScheduleLayer[];
  readonly overrides: readonly ScheduleOverride[];
}

export interface ScheduleLayer {
  readonly name: string;
  /** User ids in the order of their turns. */
  readonly users: readonly string[];
  readonly rotation: Rotation;
  /** Hours to which the layer is limited; always, when empty or absent. */
  readonly restrictions?: readonly Restriction[] | undefined;
}

export interface Rotation {
  readonly type: 'hourly' | 'daily' | 'weekly';
  /** How many hours, days or weeks one turn has. */
  readonly length: number;
  /** Local time of day, `09:00`. */
  readonly handoff_time: string;
  /** Local date of the first turn, `2026-01-05`; before it the layer is empty. */
  readonly start: string;
}

/** Local times of day; `end` not after `start` reaches into the next day. `days` name the day it starts on, 1 Monday to 7 Sunday. */
export interface Restriction {
  readonly days: readonly number[];
  readonly start: string;
  readonly end: string;
}

/** Between two instants (RFC 3339) one person stands in for everybody else. The later entry wins where two overlap. */
export interface ScheduleOverride {
  readonly user_id: string;
  readonly start: string;
  readonly end: string;
}

/**
 * Who is on call at an instant: one id, or none. Pure. Daily and weekly turns change at the handoff time of the wall
 * clock, so that a turn over a daylight-saving change has 23 or 25 hours; hourly turns count real hours.
 * @param isThere whether somebody may be on call at all: whoever was deactivated takes the place of nobody
 */
export function onCallAt(schedule: OnCallSchedule, atMs: number, isThere: (userId: string) => boolean = () => true): string[] {
  const override = schedule.overrides.findLast(
    (entry) => Date.parse(entry.start) <= atMs && atMs < Date.parse(entry.end) && isThere(entry.user_id),
  );
  if (override !== undefined) return [override.user_id];
  const at = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(schedule.time_zone);
  for (const layer of schedule.layers.toReversed()) {
    const user = holderOf(layer, at);
    if (user !== null && isThere(user)) return [user];
  }
  return [];
}

function holderOf(layer: ScheduleLayer, at: Temporal.ZonedDateTime): string | null {
  if (layer.users.length === 0 || !areWithin(layer.restrictions ?? [], at)) return null;
  const turn = turnAt(layer.rotation, at);
  return turn < 0 ? null : (layer.users[turn % layer.users.length] ?? null);
}

/** Number of the turn, from 0; below 0 before the first. */
function turnAt(rotation: Rotation, at: Temporal.ZonedDateTime): number {
  const start = Temporal.PlainDate.from(rotation.start);
  const handoff = Temporal.PlainTime.from(rotation.handoff_time);
  if (rotation.type === 'hourly') {
    const first = start.toZonedDateTime({ timeZone: at.timeZoneId, plainTime: handoff });
    return Math.floor((at.epochMilliseconds - first.epochMilliseconds) / (rotation.length * 3_600_000));
  }
  const days = start.until(dayOfDuty(at, handoff), { largestUnit: 'day' }).days;
  return Math.floor(days / (rotation.length * (rotation.type === 'weekly' ? 7 : 1)));
}

/**
 * The local date whose handoff was the last one. Compared as instants, not as wall-clock times: a handoff time that the
 * clock skips or shows twice then still is one instant, and time never falls back behind it.
 */
function dayOfDuty(at: Temporal.ZonedDateTime, handoff: Temporal.PlainTime): Temporal.PlainDate {
  const today = at.toPlainDate();
  const handoffToday = today.toZonedDateTime({ timeZone: at.timeZoneId, plainTime: handoff });
  return Temporal.ZonedDateTime.compare(at, handoffToday) >= 0 ? today : today.subtract({ days: 1 });
}

/** Whether one of the hours, on the clock of that zone, has this instant; there is no other limit where there are none. */
export const isWithin = (hours: readonly Restriction[], atMs: number, timeZone: string): boolean =>
  areWithin(hours, Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone));

function areWithin(restrictions: readonly Restriction[], at: Temporal.ZonedDateTime): boolean {
  return restrictions.length === 0 || restrictions.some((restriction) => covers(restriction, at));
}

function covers({ days, start, end }: Restriction, at: Temporal.ZonedDateTime): boolean {
  const today = at.toPlainDate();
  return [today, today.subtract({ days: 1 })].some((day) => {
    if (!days.includes(day.dayOfWeek)) return false;
    const from = day.toZonedDateTime({ timeZone: at.timeZoneId, plainTime: start });
    const until = (end > start ? day : day.add({ days: 1 })).toZonedDateTime({ timeZone: at.timeZoneId, plainTime: end });
    return Temporal.ZonedDateTime.compare(from, at) <= 0 && Temporal.ZonedDateTime.compare(at, until) < 0;
  });
}
