import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { onCallAt, type OnCallSchedule, type Rotation, type ScheduleLayer } from '../../src/domain/on-call.ts';

const rotation = (type: Rotation['type'], length = 1, handoff_time = '09:00', start = '2026-01-05'): Rotation => ({
  type,
  length,
  handoff_time,
  start,
});
const layer = (users: string[], turns: Rotation, restrictions?: ScheduleLayer['restrictions']): ScheduleLayer => ({
  name: 'layer',
  users,
  rotation: turns,
  restrictions,
});
const schedule = (layers: ScheduleLayer[], time_zone = 'Europe/Paris', overrides: OnCallSchedule['overrides'] = []): OnCallSchedule => ({
  time_zone,
  layers,
  overrides,
});
const at = (text: string): number => Temporal.ZonedDateTime.from(text).epochMilliseconds;

describe('onCallAt', () => {
  it('hands over at the wall clock’s time, on both sides of the change to summer time', () => {
    const daily = schedule([layer(['ann', 'bob'], rotation('daily', 1, '09:00', '2026-03-28'))]);
    expect(onCallAt(daily, at('2026-03-28T08:59:59[Europe/Paris]'))).toEqual([]);
    expect(onCallAt(daily, at('2026-03-28T09:00:00[Europe/Paris]'))).toEqual(['ann']);
    expect(onCallAt(daily, at('2026-03-29T08:59:59[Europe/Paris]'))).toEqual(['ann']);
    expect(onCallAt(daily, at('2026-03-29T09:00:00[Europe/Paris]'))).toEqual(['bob']);
    expect(at('2026-03-29T09:00:00[Europe/Paris]') - at('2026-03-28T09:00:00[Europe/Paris]')).toBe(23 * 3_600_000);
  });

  it('has one handover where the clock skips the handoff time, and one where it shows it twice', () => {
    const daily = schedule([layer(['ann', 'bob', 'cleo'], rotation('daily', 1, '02:30', '2026-03-28'))]);
    expect(onCallAt(daily, at('2026-03-29T01:59:59[Europe/Paris]'))).toEqual(['ann']);
    expect(onCallAt(daily, at('2026-03-29T03:30:00[Europe/Paris]'))).toEqual(['bob']);
    const autumn = schedule([layer(['ann', 'bob', 'cleo'], rotation('daily', 1, '02:30', '2026-10-24'))]);
    expect(onCallAt(autumn, at('2026-10-25T02:30:00+02:00[Europe/Paris]'))).toEqual(['bob']);
    expect(onCallAt(autumn, at('2026-10-25T02:15:00+01:00[Europe/Paris]'))).toEqual(['bob']);
  });

  it('counts real hours in hourly turns', () => {
    const hourly = schedule([layer(['ann', 'bob'], rotation('hourly', 12, '00:00', '2026-03-29'))]);
    const start = at('2026-03-29T00:00:00[Europe/Paris]');
    expect(onCallAt(hourly, start + 12 * 3_600_000 - 1)).toEqual(['ann']);
    expect(onCallAt(hourly, start + 12 * 3_600_000)).toEqual(['bob']);
  });

  it('lets a later layer lie over an earlier one, in its hours only', () => {
    const nights = layer(['night'], rotation('weekly'), [{ days: [1, 2, 3, 4, 5], start: '20:00', end: '08:00' }]);
    const both = schedule([layer(['day'], rotation('weekly')), nights]);
    expect(onCallAt(both, at('2026-01-12T19:59:00[Europe/Paris]'))).toEqual(['day']);
    expect(onCallAt(both, at('2026-01-12T20:00:00[Europe/Paris]'))).toEqual(['night']);
    expect(onCallAt(both, at('2026-01-13T07:59:00[Europe/Paris]'))).toEqual(['night']);
    expect(onCallAt(both, at('2026-01-13T08:00:00[Europe/Paris]'))).toEqual(['day']);
    // Friday's night reaches into Saturday; Saturday has none of its own.
    expect(onCallAt(both, at('2026-01-17T03:00:00[Europe/Paris]'))).toEqual(['night']);
    expect(onCallAt(both, at('2026-01-17T21:00:00[Europe/Paris]'))).toEqual(['day']);
  });

  it('puts an override before everything, the later entry before the earlier', () => {
    const overrides = [
      { user_id: 'cleo', start: '2026-01-12T00:00:00Z', end: '2026-01-14T00:00:00Z' },
      { user_id: 'dora', start: '2026-01-13T00:00:00Z', end: '2026-01-13T12:00:00Z' },
    ];
    const covered = schedule([layer(['ann'], rotation('weekly'))], 'UTC', overrides);
    const who = (instant: string) => onCallAt(covered, Date.parse(instant));
    expect(who('2026-01-12T00:00:00Z')).toEqual(['cleo']);
    expect(who('2026-01-13T11:59:59Z')).toEqual(['dora']);
    expect(who('2026-01-13T12:00:00Z')).toEqual(['cleo']);
    expect(who('2026-01-14T00:00:00Z')).toEqual(['ann']);
  });

  const zones = fc.constantFrom(
    'UTC',
    'Europe/Paris',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'America/Santiago',
  );
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '15', '30', '59'))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`);
  const turns = fc.record({
    type: fc.constantFrom('hourly' as const, 'daily' as const, 'weekly' as const),
    length: fc.integer({ min: 1, max: 20 }),
    handoff_time: time,
    start: fc.constant('2026-01-05'),
  });
  const instant = fc.integer({ min: Date.UTC(2026, 0, 7), max: Date.UTC(2030, 0, 1) });

  it('has exactly one person on call from its start on, whatever the zone', () => {
    fc.assert(
      fc.property(zones, turns, fc.integer({ min: 1, max: 7 }), instant, (zone, rotating, size, atMs) => {
        const users = Array.from({ length: size }, (_, i) => `user ${i}`);
        const [user, ...more] = onCallAt(schedule([layer(users, rotating)], zone), atMs);
        expect(users).toContain(user);
        expect(more).toEqual([]);
      }),
    );
  });

  it('goes on to the next in line, never back and never past one, as time goes on', () => {
    fc.assert(
      fc.property(zones, turns, instant, fc.integer({ min: 1, max: 60 }), (zone, rotating, atMs, minutes) => {
        const users = ['0', '1', '2', '3', '4'];
        const turning = schedule([layer(users, rotating)], zone);
        const before = Number(onCallAt(turning, atMs)[0]);
        const after = Number(onCallAt(turning, atMs + minutes * 60_000)[0]);
        // A turn has an hour at least; Lord Howe's change of half an hour and Apia's lost day shorten none below.
        expect([before, (before + 1) % 5]).toContain(after);
      }),
    );
  });

  it('keeps weekly turns on their weekday and wall-clock time all year round', () => {
    fc.assert(
      fc.property(zones, time, fc.integer({ min: 0, max: 150 }), (zone, handoff, week) => {
        const weekly = schedule([layer(['0', '1', '2'], rotation('weekly', 1, handoff))], zone);
        const start = Temporal.PlainDate.from('2026-01-05').add({ weeks: week }).toZonedDateTime({ timeZone: zone, plainTime: handoff });
        expect(onCallAt(weekly, start.epochMilliseconds)).toEqual([String(week % 3)]);
        expect(onCallAt(weekly, start.epochMilliseconds - 1)).toEqual(week === 0 ? [] : [String((week - 1) % 3)]);
      }),
    );
  });
});
