import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';
import { startHouse, type House } from '../support/house.ts';

let house: House;

beforeAll(async () => {
  house = await startHouse();
});

afterEach(() => {
  house.mailbox.refuse = () => null;
});

afterAll(async () => {
  await house.stop();
});

const user = (id: string) => ({ type: 'user', id }) as const;
const policyOf = (...people: string[]): PolicyDocument => ({
  levels: people.map((id) => ({ targets: [user(id)], delay_seconds: 1800 })),
  repeat: 1,
  fallback: [user(people[0] as string)],
  acknowledged_timeout_seconds: 0,
});
const mailsTo = (who: string): number => house.mailbox.to(`${who}@example.com`).length;
const opened = async (service: string): Promise<string> => (await house.fire(service)).incidentId as string;
const untilTries = (incident: string, address: string): Promise<void> =>
  house.until('a failed try', async () => {
    const { rowCount } = await house.database.pool.query(
      `select from deliveries where incident_id = $1 and address = $2 and state in ('failed', 'unknown')`,
      [incident, address],
    );
    return rowCount !== 0;
  });

it('whoever it is given to, and takes it before their next way is tried, hears no more of it', async () => {
  const [ann, gil] = await Promise.all([
    house.person('ann'),
    house.person('gil', {
      contactMethods: [
        { provider_id: house.mailProviderId, address: 'gil-away@example.com', severities: [] },
        { provider_id: house.mailProviderId, address: 'gil@example.com', severities: ['SEV1_CRITICAL'] },
      ],
    }),
  ]);
  house.mailbox.refuse = (to) => (to === 'gil-away@example.com' ? '450 4.2.0 try later' : null);
  const incident = await opened(await house.service(policyOf(ann)));
  await house.mailbox.nth(1, 'ann@example.com');
  await house.command(incident, { kind: 'assign', assignee: { id: gil, name: 'gil' } }, { by: 'Ann', userId: ann });
  await untilTries(incident, 'gil-away@example.com');
  await house.command(incident, { kind: 'acknowledge' }, { by: 'gil', userId: gil });
  await house.wait('24h');
  expect(mailsTo('gil')).toBe(0);
  expect(mailsTo('gil-away')).toBe(0);
  expect(mailsTo('ann')).toBe(1);
});

it('somebody of the same name who takes it does not keep whoever it is given to from hearing of it', async () => {
  const [max, other] = await Promise.all([
    house.person('max', { name: 'Max' }),
    house.person('max-2', { name: 'Max', email: 'max-2@example.com' }),
  ]);
  const incident = await opened(await house.service(policyOf(max)));
  await house.mailbox.nth(1, 'max@example.com');
  await house.command(incident, { kind: 'acknowledge' }, { by: 'Max', userId: max });
  await house.command(incident, { kind: 'assign', assignee: { id: other, name: 'Max' } }, { by: 'Max', userId: max });
  await house.mailbox.nth(1, 'max-2@example.com');
});

it('a provider that is dead keeps nobody else on the level waiting', async () => {
  const dead = await house.seed.provider({
    name: 'Dead',
    type: 'SMTP',
    config: { host: '127.0.0.1', port: 1, from_email: 'imas@example.com', use_tls: false },
  });
  const [hal, ivy] = await Promise.all([
    house.person('hal', { contactMethods: [{ provider_id: dead, address: 'hal@example.com', severities: [] }] }),
    house.person('ivy'),
  ]);
  const service = await house.service({
    levels: [{ targets: [user(hal), { type: 'provider', id: dead, address: 'all@example.com' }, user(ivy)], delay_seconds: 1800 }],
    repeat: 0,
    fallback: [user(ivy)],
    acknowledged_timeout_seconds: 0,
  });
  const at = Date.now();
  await opened(service);
  await house.mailbox.nth(1, 'ivy@example.com');
  expect(Date.now() - at).toBeLessThan(5_000);
  // The mail that was to go by the dead one goes by the one of the account.
  await house.wait('10m');
  await house.mailbox.nth(1, 'hal@example.com');
});

it('an acknowledgement between two rounds ends them', async () => {
  const [jan, kim] = await Promise.all([house.person('jan'), house.person('kim')]);
  const incident = await opened(await house.service(policyOf(jan, kim)));
  await house.mailbox.nth(1, 'jan@example.com');
  await house.wait('61m');
  await house.mailbox.nth(2, 'jan@example.com');
  await house.command(incident, { kind: 'acknowledge' }, { by: 'jan', userId: jan });
  await house.wait('24h');
  expect([mailsTo('jan'), mailsTo('kim')]).toEqual([2, 1]);
});

it('a repeat changes nothing that people have made of an incident', async () => {
  const [lea, mia] = await Promise.all([house.person('lea'), house.person('mia')]);
  const service = await house.service(policyOf(lea));
  const incident = await opened(service);
  await house.command(incident, { kind: 'acknowledge' }, { by: 'lea', userId: lea });
  await house.command(incident, { kind: 'change_severity', severity: 'SEV4_LOW' }, { by: 'lea', userId: lea });
  await house.command(incident, { kind: 'assign', assignee: { id: mia, name: 'mia' } }, { by: 'lea', userId: lea });
  await house.command(incident, { kind: 'comment', text: 'The disk of the old one' }, { by: 'lea', userId: lea });
  for (let n = 0; n < 5; n += 1) await house.fire(service);
  await house.fire(service, { fingerprint: 'another', labels: { host: 'b' } });
  await house.until(
    'the other alert',
    async () => (await house.timeline(incident)).filter(({ type }) => type === 'ALERT_RECEIVED').length === 2,
  );
  expect(await house.incident(incident)).toMatchObject({
    status: 'ACKNOWLEDGED',
    severity: 'SEV4_LOW',
    assignee_id: mia,
    acknowledged_by: 'lea',
  });
  expect((await house.timeline(incident)).filter(({ type }) => type === 'COMMENT_ADDED').map(({ data }) => data['text'])).toEqual([
    'The disk of the old one',
  ]);
});

it('new alerts after people resolved it: reopen within the window, open another after it', async () => {
  const noa = await house.person('noa');
  const service = await house.service(policyOf(noa), { reopenWindowSeconds: 1800 });
  const incident = await opened(service);
  await house.mailbox.nth(1, 'noa@example.com');
  await house.command(incident, { kind: 'resolve' }, { by: 'noa', userId: noa });
  await house.untilStatus(incident, 'RESOLVED');
  expect(await house.fire(service, { fingerprint: 'b', start: 5 })).toEqual({ outcome: 'reopened', incidentId: incident });
  await house.mailbox.nth(2, 'noa@example.com');
  await house.command(incident, { kind: 'resolve' }, { by: 'noa', userId: noa });
  await house.untilStatus(incident, 'RESOLVED');
  await house.database.pool.query(`update incidents set resolved_at = now() - interval '31 minutes' where id = $1`, [incident]);
  const later = await house.fire(service, { fingerprint: 'c', start: 10 });
  expect(later.outcome).toBe('opened');
  expect(later.incidentId).not.toBe(incident);
  await house.mailbox.nth(3, 'noa@example.com');
  expect((await house.incident(incident))['status']).toBe('RESOLVED');
});

it('somebody who stands in for others, and was deactivated, does not keep those from being paged', async () => {
  const [ole, pia, eve] = await Promise.all([house.person('ole'), house.person('pia'), house.person('eve')]);
  const schedule = await house.seed.schedule({ name: 'Primary', users: [ole] });
  await house.database.pool.query(
    `update schedules set overrides = jsonb_build_array(jsonb_build_object('user_id', $2::text, 'start', '2026-01-01T00:00:00Z', 'end', '2036-01-01T00:00:00Z')) where id = $1`,
    [schedule, pia],
  );
  await house.database.pool.query('update users set is_active = false where id = $1', [pia]);
  const service = await house.service({
    levels: [
      { targets: [{ type: 'schedule', id: schedule }], delay_seconds: 1800 },
      { targets: [user(eve)], delay_seconds: 1800 },
    ],
    repeat: 0,
    fallback: [user(eve)],
    acknowledged_timeout_seconds: 0,
  });
  const incident = await opened(service);
  await house.until('somebody is paged', async () => mailsTo('ole') + mailsTo('eve') > 0);
  console.log(
    mailsTo('ole'),
    mailsTo('eve'),
    mailsTo('pia'),
    (await house.timeline(incident)).map((e) => e.message),
  );
  expect(mailsTo('ole')).toBe(1);
});

it('somebody on call without any way to them is named in the timeline', async () => {
  const [quinn, rex] = await Promise.all([house.person('quinn', { email: null }), house.person('rex')]);
  const service = await house.service({
    levels: [{ targets: [user(quinn), user(rex)], delay_seconds: 1800 }],
    repeat: 0,
    fallback: [user(rex)],
    acknowledged_timeout_seconds: 0,
  });
  const incident = await opened(service);
  await house.mailbox.nth(1, 'rex@example.com');
  await house.untilSaid(incident, 'DELIVERY_FAILED');
  expect((await house.timeline(incident)).filter(({ type }) => type === 'DELIVERY_FAILED').map(({ message }) => message)).toEqual([
    'quinn was not notified: no contact method',
  ]);
});

it('whoever was paged hears that somebody else has it, unless they wish not to; whoever has it hears it where they took it', async () => {
  const [kim, lea, mia] = await Promise.all([
    house.person('kim2', { tellWhenTaken: true }),
    house.person('lea2', { tellWhenTaken: true }),
    house.person('mia2', { tellWhenTaken: false }),
  ]);
  const levels = [{ targets: [user(kim), user(lea), user(mia)], delay_seconds: 1800 }];
  const incident = await opened(await house.service({ ...policyOf(kim), levels }));
  await Promise.all(['kim2', 'lea2', 'mia2'].map((who) => house.mailbox.nth(1, `${who}@example.com`)));
  await house.command(incident, { kind: 'acknowledge' }, { by: 'kim2', userId: kim });
  const told = await house.mailbox.nth(2, 'lea2@example.com');
  expect(told.subject).toContain('Acknowledged by kim2');
  await house.wait('24h');
  expect([mailsTo('kim2'), mailsTo('lea2'), mailsTo('mia2')]).toEqual([1, 2, 1]);
});
