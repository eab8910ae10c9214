import { Temporal } from 'temporal-polyfill';
import { onCallAt, type OnCallSchedule, type ScheduleLayer } from './on-call.ts';

/** Whoever is on call for longer than this is so until further notice. */
const daysAhead = 31;

/**
 * When somebody who is on call at an instant is so no longer, epoch milliseconds; null for those who are not on call, and infinity where
 * no end is near. Pure.
 */
export function onCallUntil(schedule: OnCallSchedule, userId: string, atMs: number, isThere?: (userId: string) => boolean): number | null {
  const isOn = (ms: number): boolean => onCallAt(schedule, ms, isThere).includes(userId);
  if (!isOn(atMs)) return null;
  return changesAfter(schedule, atMs).find((ms) => !isOn(ms)) ?? Number.POSITIVE_INFINITY;
}

/** The instants at which another person may be on call, in order. */
function changesAfter({ time_zone, layers, overrides }: OnCallSchedule, atMs: number): number[] {
  const today = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(time_zone).toPlainDate();
  // From yesterday on: a turn of the night ends today.
  const days = Array.from({ length: daysAhead + 2 }, (_, n) => today.add({ days: n - 1 }));
  const at = (day: Temporal.PlainDate, time: string): number =>
    day.toZonedDateTime({ timeZone: time_zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds;
  const times = layers.flatMap(({ rotation, restrictions = [] }) => [
    rotation.handoff_time,
    ...restrictions.flatMap(({ start, end }) => [start, end]),
  ]);
  const instants = [
    ...days.flatMap((day) => times.map((time) => at(day, time))),
    ...layers.flatMap((layer) => hourlyTurns(layer, atMs, at)),
    ...overrides.flatMap(({ start, end }) => [Date.parse(start), Date.parse(end)]),
  ];
  return [...new Set(instants)].filter((ms) => ms > atMs).toSorted((a, b) => a - b);
}

function hourlyTurns({ rotation }: ScheduleLayer, atMs: number, at: (day: Temporal.PlainDate, time: string) => number): number[] {
  if (rotation.type !== 'hourly') return [];
  const lengthMs = rotation.length * 3_600_000;
  const firstMs = at(Temporal.PlainDate.from(rotation.start), rotation.handoff_time);
  const nextMs = firstMs + Math.ceil((atMs - firstMs) / lengthMs) * lengthMs;
  return Array.from({ length: Math.ceil((daysAhead * 24) / rotation.length) }, (_, n) => nextMs + n * lengthMs);
}
