import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { onCallUntil } from '../../src/domain/on-call-until.ts';
import type { OnCallSchedule, Rotation, ScheduleLayer } from '../../src/domain/on-call.ts';

const turns = (type: Rotation['type'], length = 1): Rotation => ({ type, length, handoff_time: '09:00', start: '2026-01-05' });
const layer = (users: string[], rotation: Rotation, restrictions?: ScheduleLayer['restrictions']): ScheduleLayer => ({
  name: 'layer',
  users,
  rotation,
  restrictions,
});
const schedule = (layers: ScheduleLayer[], overrides: OnCallSchedule['overrides'] = []): OnCallSchedule => ({
  time_zone: 'Europe/Paris',
  layers,
  overrides,
});
const at = (text: string): number => Temporal.ZonedDateTime.from(`${text}[Europe/Paris]`).epochMilliseconds;
const until = (of: OnCallSchedule, who: string, from: string): string | number | null => {
  const ms = onCallUntil(of, who, at(from));
  return ms === null || !Number.isFinite(ms)
    ? ms
    : Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('Europe/Paris').toPlainDateTime().toString();
};

describe('onCallUntil', () => {
  const weekly = layer(['ann', 'bob'], turns('weekly'));

  it('is the hand-over, whether a week, a day or some hours away, and over the change to summer time', () => {
    expect(until(schedule([weekly]), 'ann', '2026-01-05T10:00')).toBe('2026-01-12T09:00:00');
    expect(until(schedule([weekly]), 'bob', '2026-01-05T10:00')).toBeNull();
    expect(until(schedule([layer(['ann', 'bob'], turns('daily'))]), 'ann', '2026-01-05T08:00')).toBeNull();
    expect(until(schedule([layer(['ann', 'bob'], turns('daily'))]), 'ann', '2026-03-29T01:00')).toBe('2026-03-29T09:00:00');
    expect(until(schedule([layer(['ann', 'bob'], turns('hourly', 6))]), 'ann', '2026-01-05T10:00')).toBe('2026-01-05T15:00:00');
  });

  it('is earlier where another layer or somebody who stands in comes first, and has no end for who is alone', () => {
    const nights = layer(['night'], turns('weekly'), [{ days: [1, 2, 3, 4, 5], start: '20:00', end: '08:00' }]);
    expect(until(schedule([weekly, nights]), 'ann', '2026-01-05T10:00')).toBe('2026-01-05T20:00:00');
    expect(until(schedule([weekly, nights]), 'night', '2026-01-06T02:00')).toBe('2026-01-06T08:00:00');
    const standIn = [{ user_id: 'eve', start: '2026-01-05T12:15:00+01:00', end: '2026-01-05T12:45:00+01:00' }];
    expect(until(schedule([weekly], standIn), 'ann', '2026-01-05T10:00')).toBe('2026-01-05T12:15:00');
    expect(until(schedule([weekly], standIn), 'eve', '2026-01-05T12:30')).toBe('2026-01-05T12:45:00');
    expect(until(schedule([layer(['ann'], turns('weekly'))]), 'ann', '2026-01-05T10:00')).toBe(Number.POSITIVE_INFINITY);
  });
});
