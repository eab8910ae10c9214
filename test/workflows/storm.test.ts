import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHouse, type House } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await startHouse({ clock: 'real', crowd: { messages: 2, windowMs: 5_000 } });
});
afterAll(() => house.stop());

const policyFor = (id: string) => ({
  levels: [{ targets: [{ type: 'user' as const, id }], delay_seconds: 3_600 }],
  repeat: 0,
  fallback: [],
  acknowledged_timeout_seconds: 0,
});

test('what would flood a person arrives in one mail, and each incident says so once it has left', { timeout: 60_000 }, async () => {
  const policy = policyFor(await house.person('ann'));
  const services = await Promise.all(Array.from({ length: 8 }, () => house.service(policy)));
  const incidents: string[] = [];
  for (const service of services) incidents.push((await house.fire(service)).incidentId as string);
  const sentOf = async (id: string) => (await house.timeline(id)).filter(({ type }) => type === 'ALERT_SENT');
  await house.until('two mails', async () => house.mailbox.to('ann@example.com').length >= 2);
  const { rows: waiting } = await house.database.pool.query<{ incident_id: string }>('select incident_id from waiting_messages');
  expect(waiting).toHaveLength(6);
  // None of those that wait counts as told.
  for (const { incident_id: id } of waiting) expect((await house.explain(id)).pages.map(({ outcome }) => outcome)).not.toContain('sent');
  await house.until('all told', async () => (await Promise.all(incidents.map(sentOf))).every((sent) => sent.length === 1), 40_000);
  const messages = (await Promise.all(incidents.map(sentOf))).map(([entry]) => entry!.message).toSorted();
  expect(messages).toEqual([
    ...Array<string>(2).fill('Notification sent to Email (ann)'),
    ...Array<string>(6).fill('Notification sent to Email (ann), in one message for 6 incidents'),
  ]);
  expect(house.mailbox.to('ann@example.com')).toHaveLength(3);
});

test('many alerts read as many, in the words of their reader', { timeout: 60_000 }, async () => {
  const bob = await house.person('bob');
  await house.database.pool.query(`update users set language = 'fr', time_zone = 'Europe/Paris' where id = $1`, [bob]);
  const service = await house.service(policyFor(bob));
  const startAgain = await house.stopWorker();
  const links = { source: 'https://prometheus.example.com/graph', runbook: 'https://wiki.example.com/down' };
  for (let n = 0; n < 12; n += 1) {
    const labels = { env: 'prod', instance: `web-${n}`, zone: `eu-${n % 3}` };
    await house.fire(service, { name: 'InstanceDown', fingerprint: `down ${n}`, labels, links });
  }
  await startAgain();
  const { subject, text } = await house.mailbox.nth(1, 'bob@example.com', 30_000);
  expect(subject.replaceAll('\u00a0', ' ')).toMatch(/^\[INC-\w{6}\] Nouvel incident · SEV2 Élevée · InstanceDown : 12 alertes, 3 zones$/);
  for (const words of ['env: prod', links.source, links.runbook]) expect(text).toContain(words);
  expect(text.match(/prod/g)).toHaveLength(1);
});
