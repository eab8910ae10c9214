import { expect, it } from 'vitest';
import { firstDifference } from '../../src/archive/first-difference.ts';
import { said } from '../../src/domain/said.ts';

const page = (reason: unknown, more: object = {}) => [{ page: { id: 'e1', name: 'Ann', reasons: [reason], detail: null, ...more } }];

it('takes a text and a code for the same, in either direction', () => {
  expect(firstDifference(page('named directly'), page(said('reason.named')))).toBeNull();
  expect(firstDifference(page(said('reason.named')), page('named directly'))).toBeNull();
});

it('names everything else that differs', () => {
  expect(firstDifference(page('x'), page(said('reason.named'), { name: 'Bob' }))).toBe('0.page.name was "Ann", is "Bob"');
  expect(firstDifference(page(said('reason.named')), page(said('reason.ownerTeam')))).toMatch(/^0\.page\.reasons\.0\.code was/);
  expect(firstDifference(page('x'), page({ code: 'reason.named' }))).toMatch(/^0\.page\.reasons\.0 was "x"/);
  expect(firstDifference(page('x'), page('y'))).toBe('0.page.reasons.0 was "x", is "y"');
  expect(firstDifference(page('x'), page('x', { purpose: 'event' }))).toBe('0.page.purpose was nothing, is "event"');
  expect(firstDifference(page('x'), page('x', { detail: said('reason.named') }))).toMatch(/^0\.page\.detail was null/);
});
