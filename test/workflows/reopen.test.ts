import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHouse, type House } from '../support/house.ts';

let house: House;

beforeAll(async () => {
  house = await startHouse();
});

afterAll(async () => {
  await house.stop();
});

it('climbs from the first level again when it is reopened, by an alert or by a person', async () => {
  const [ann, bob] = await Promise.all([house.person('ann'), house.person('bob')]);
  const service = await house.service({
    levels: [
      { targets: [{ type: 'user', id: ann }], delay_seconds: 1800 },
      { targets: [{ type: 'user', id: bob }], delay_seconds: 1800 },
    ],
    repeat: 0,
    fallback: [{ type: 'user', id: bob }],
    acknowledged_timeout_seconds: 0,
  });
  const { incidentId } = await house.fire(service, { start: 0 });
  const incident = incidentId as string;
  await house.mailbox.nth(1, 'ann@example.com');
  await house.command(incident, { kind: 'resolve' });
  await house.wait('2h');
  expect(house.mailbox.to('bob@example.com')).toEqual([]);
  expect(await house.fire(service, { start: 60 })).toEqual({ outcome: 'reopened', incidentId: incident });
  await house.untilStatus(incident, 'TRIGGERED');
  await house.wait('31m');
  await house.mailbox.nth(1, 'bob@example.com');
  await house.command(incident, { kind: 'resolve' });
  expect(await house.command(incident, { kind: 'reopen' })).toEqual({ outcome: 'applied', message: 'Reopened' });
  await house.untilStatus(incident, 'TRIGGERED');
});

it('comes back when an alert fires on, and is told again more than five minutes after people resolved it', async () => {
  const carol = await house.person('carol');
  const level = { targets: [{ type: 'user' as const, id: carol }], delay_seconds: 1800 };
  const service = await house.service({ levels: [level], repeat: 0, fallback: level.targets, acknowledged_timeout_seconds: 0 });
  const incident = (await house.fire(service)).incidentId as string;
  await house.mailbox.nth(1, 'carol@example.com');
  await house.command(incident, { kind: 'resolve' });
  await house.untilStatus(incident, 'RESOLVED');
  expect(await house.fire(service)).toEqual({ outcome: 'known', incidentId: incident });
  await house.database.pool.query(`update incidents set resolved_at = now() - interval '6 minutes' where id = $1`, [incident]);
  expect(await house.fire(service)).toEqual({ outcome: 'reopened', incidentId: incident });
  await house.untilStatus(incident, 'TRIGGERED');
  await house.mailbox.nth(2, 'carol@example.com');
  expect(await house.fire(service)).toEqual({ outcome: 'known', incidentId: incident });
});
