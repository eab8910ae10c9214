import { describe, expect, test } from 'vitest';
import { patienceOf, stoppedSince, type Heartbeat } from '../../src/intake/heartbeats/silence.ts';
import { sleptThrough } from '../../src/intake/heartbeats/watch.ts';

const minute = 60_000;
const hour = 60 * minute;
const nowMs = Date.parse('2026-11-21T12:00:00Z');

/** Beats every `everyMs`, the last one `agoMs` ago. */
const heartbeat = ({ everyMs = 5 * minute, beats = 20, agoMs = 0 }, endedAgoMs: number | null = null): Heartbeat => ({
  beats,
  firstAtMs: nowMs - agoMs - everyMs * (beats - 1),
  lastAtMs: nowMs - agoMs,
  endedAtMs: endedAgoMs === null ? null : nowMs - endedAgoMs,
});
const stopped = (given: Heartbeat, listeningForMs = 30 * 24 * hour): boolean => stoppedSince(given, nowMs - listeningForMs, nowMs) !== null;

describe('a heartbeat', () => {
  test('may be silent for three of its gaps, and for ten minutes at least', () => {
    expect(patienceOf(heartbeat({ everyMs: minute }))).toBe(10 * minute);
    expect(patienceOf(heartbeat({ everyMs: 4 * hour }))).toBe(12 * hour);
    expect(patienceOf(heartbeat({ beats: 2 }))).toBeNull();
  });

  test.each([
    ['comes', heartbeat({ agoMs: 14 * minute }), false],
    ['is late', heartbeat({ agoMs: 16 * minute }), true],
    ['came twice only', heartbeat({ agoMs: 2 * hour, beats: 2 }), false],
    ['came but rarely', heartbeat({ agoMs: 11 * hour, everyMs: 4 * hour }), false],
    ['was ended by its source', heartbeat({ agoMs: minute }, minute), true],
    ['is gone for days', heartbeat({ agoMs: 62 * hour }), true],
    ['was ended days ago', heartbeat({ agoMs: 62 * hour }, 62 * hour), true],
  ])('that %s', (_what, given, expected) => {
    expect(stopped(given)).toBe(expected);
  });

  test('is not late for a door that was shut', () => {
    expect(stopped(heartbeat({ agoMs: 2 * hour }), 14 * minute)).toBe(false);
    expect(stopped(heartbeat({ agoMs: 2 * hour }), 16 * minute)).toBe(true);
  });

  test('that died in a weekend in which nobody listened is missed once somebody does', () => {
    expect(stopped(heartbeat({ agoMs: 62 * hour }), 14 * minute)).toBe(false);
    expect(stopped(heartbeat({ agoMs: 62 * hour }), 16 * minute)).toBe(true);
  });

  test.each([
    ['as long as it meant to', 1, false],
    ['a little longer, on a busy machine', 1.5, false],
    ['for an hour, suspended', 60, true],
    ['while the clock was set back', -60, true],
  ])('is not late for a process that rested %s', (_what, minutes, expected) => {
    expect(sleptThrough(nowMs, nowMs + minutes * minute)).toBe(expected);
  });
});
