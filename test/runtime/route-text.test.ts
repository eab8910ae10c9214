import { expect, test } from 'vitest';
import type { RouteWire } from '../../src/api/simulations/route-wire.ts';
import { routeText } from '../../src/cli/route-text.ts';

const why = (message: string) => ({ code: 'reason.named', values: {}, message });
const route: RouteWire = {
  service: { id: '1', name: 'checkout' },
  team: { id: '2', name: 'Platform' },
  severity: 'SEV1_CRITICAL',
  at: '2026-11-28T03:00:00.000Z',
  impact_scopes: ['Security'],
  policy: { name: 'Platform', version: 3, repeat: 2 },
  steps: [
    { on: 'opened', level: null, round: 1, after_seconds: 0, waits_seconds: null, recipients: [] },
    {
      on: 'level',
      level: 1,
      round: 1,
      after_seconds: 0,
      waits_seconds: 300,
      recipients: [
        {
          name: 'Ann',
          reasons: [why('target: schedule Primary'), why('Ann is on call')],
          ways: [
            { provider: 'SMS', address: '+33612345678', taken: 'at_once', reason: why('contact method 1') },
            { provider: 'Hook', address: null, taken: 'if_others_fail', reason: why('last contact method') },
          ],
          skipped: [{ provider: 'Slack', reason: why('the provider is inactive') }],
        },
      ],
    },
    {
      on: 'level',
      level: 2,
      round: 2,
      after_seconds: 5400,
      waits_seconds: 600,
      recipients: [{ name: 'Bob', reasons: [], ways: [], skipped: [] }],
    },
    { on: 'fallback', level: null, round: 1, after_seconds: 5445, waits_seconds: null, recipients: [] },
  ],
};

test('a route reads step by step', () => {
  expect(routeText(route)).toBe(`SEV1_CRITICAL on checkout (team Platform), opened at 2026-11-28T03:00:00.000Z
Escalation policy "Platform", version 3, repeated 2 times. Nobody acknowledges.
Impact scopes: Security

At once, for information
  No one

Level 1, at once (5 min to acknowledge)
  Ann: target: schedule Primary, Ann is on call
    at once     SMS (+33612345678): contact method 1
    on failure  Hook: last contact method
    skipped     Slack: the provider is inactive

Level 2, round 2, after 1 h 30 min (reaches no one: skipped)
  Bob
    Nothing reaches them.

Final fallback, after 1 h 30 min 45 s
  No one
`);
});
