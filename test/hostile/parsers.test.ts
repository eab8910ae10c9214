import { describe, expect, test } from 'vitest';
import { fuzzBodies, fuzzParsers } from './parser-fuzz.ts';

/** `npm run fuzz:parsers` does the same a million times. */
describe('mutated payloads', () => {
  test('are accepted or refused with a reason, each within 10 ms', { timeout: 60_000 }, () => {
    const figures = fuzzParsers(5_000, 20_261_121);
    expect(figures.payloads).toBe(5_000);
    // A fuzzing that only ever made garbage would prove nothing.
    expect(figures.accepted).toBeGreaterThan(1_000);
    expect(figures.refused).toBeGreaterThan(1_000);
    expect(figures.notJson).toBeGreaterThan(100);
  });

  test('as bytes, packed and not, are read or refused', async () => {
    expect(await fuzzBodies(1_000, 20_261_121)).toBe(1_000);
  });
});
