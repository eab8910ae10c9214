import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHouse, type House } from '../support/house.ts';

let house: House;

beforeAll(async () => {
  house = await startHouse({ clock: 'real', eventLimit: 12 });
});

afterAll(async () => {
  await house.stop();
});

it('loses nothing of what comes while a run continues as a new one', async () => {
  const ann = await house.person('ann');
  const service = await house.service({
    levels: [{ targets: [{ type: 'user', id: ann }], delay_seconds: 3600 }],
    repeat: 0,
    fallback: [{ type: 'user', id: ann }],
    acknowledged_timeout_seconds: 0,
  });
  const { incidentId } = await house.fire(service, { fingerprint: 'first' });
  const incident = incidentId as string;
  const comments = Array.from({ length: 40 }, (_, n) => `comment ${n}`);
  const results = await Promise.all([
    ...comments.map((text) => house.command(incident, { kind: 'comment', text })),
    ...comments.map((_, n) => house.fire(service, { fingerprint: `alert ${n}` })),
  ]);
  expect(results.slice(0, 40)).toEqual(comments.map(() => ({ outcome: 'applied', message: 'Comment added' })));
  await house.mailbox.nth(1, 'ann@example.com');
  await Promise.all(comments.map((_, n) => house.end(service, { fingerprint: `alert ${n}` })));
  await house.end(service, { fingerprint: 'first' });
  await house.untilStatus(incident, 'RESOLVED');
  const said = (await house.timeline(incident)).filter(({ type }) => type === 'COMMENT_ADDED').map(({ message }) => message);
  expect(said.filter((message) => message.startsWith('comment')).toSorted()).toEqual(comments.toSorted());
  expect(house.mailbox.to('ann@example.com').filter(({ subject }) => !subject.includes('Resolved'))).toHaveLength(1);
  await house.until('an empty outbox', async () => (await house.database.pool.query('select 1 from outbox')).rowCount === 0);
});

it('is taken back by an alert that fires again, or by a person', async () => {
  const [first, second] = await Promise.all([house.person('first'), house.person('second')]);
  const service = await house.service({
    levels: [
      { targets: [{ type: 'user', id: first }], delay_seconds: 2 },
      { targets: [{ type: 'user', id: second }], delay_seconds: 3600 },
    ],
    repeat: 0,
    fallback: [{ type: 'user', id: first }],
    acknowledged_timeout_seconds: 0,
  });
  const { incidentId } = await house.fire(service, { start: 0 });
  const incident = incidentId as string;
  await house.mailbox.nth(1, 'first@example.com');
  await house.command(incident, { kind: 'resolve' });
  expect(await house.fire(service, { start: 60 })).toEqual({ outcome: 'reopened', incidentId: incident });
  await house.untilStatus(incident, 'TRIGGERED');
  await house.command(incident, { kind: 'resolve' });
  expect(await house.command(incident, { kind: 'resolve' }, { by: 'Bob' })).toEqual({
    outcome: 'refused',
    message: 'Already resolved by Ann.',
  });
  expect(await house.command(incident, { kind: 'reopen' })).toEqual({ outcome: 'applied', message: 'Reopened' });
  await house.mailbox.nth(1, 'second@example.com');
});
