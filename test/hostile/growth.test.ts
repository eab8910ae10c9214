import { expect, test } from 'vitest';
import { prefixQuery } from '../../src/api/incidents/prefix-query.ts';
import { fuzzGrowth, growthOf } from './growth.ts';

test('the time that a body takes grows no faster than its texts, whatever they repeat', { timeout: 120_000 }, () => {
  const { tried, slow } = fuzzGrowth();
  expect(slow).toBeNull();
  expect(tried).toBeGreaterThan(1_000);
});

test('nor does the time of a search', () => {
  for (const character of [' ', 'a', '-', "'", '\\']) {
    const run = (length: number) => () => void prefixQuery(`x${character.repeat(length)}x`);
    expect(growthOf(run), JSON.stringify(character)).toBeNull();
  }
});
