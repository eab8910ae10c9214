import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { createRegistry, registryOf } from '../../src/connectors/registry.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { closeRooms } from '../../src/rooms/close-rooms.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { createToyConnector } from '../connectors/toy/connector.ts';
import { startToyVendor, type ToyVendor } from '../connectors/toy/vendor.ts';
import { startHouse, type House } from '../support/house.ts';

let vendor: ToyVendor;
let house: House;
const registry = registryOf([...createRegistry({ mail: null }).all, createToyConnector() as unknown as Connector]);
const people: Record<string, string> = {};
beforeAll(async () => {
  [vendor, house] = await Promise.all([startToyVendor(), startHouse({ clock: 'real', registry })]);
  await house.seed.provider({ name: 'Toys', type: 'TOY', config: { url: vendor.url, token: vendor.token } });
  for (const name of ['ann', 'bob', 'eve']) people[name] = await house.person(name);
  // A vendor knows people by their address.
  people['zoe'] = await house.seed.user({ username: 'zoe', name: 'zoe', email: null as unknown as string });
});
afterAll(async () => {
  await house.stop();
  await vendor.close();
});

const sql = (text: string, values: unknown[]) => house.database.pool.query(text, values);

async function open(members: readonly string[] = []): Promise<string> {
  const target = [{ type: 'user', id: people['ann'] as string }] as const;
  const teamId = await house.seed.team({ name: crypto.randomUUID(), members: members.map((name) => people[name] as string) });
  const service = await house.service(
    { levels: [{ targets: target, delay_seconds: 3600 }], repeat: 0, fallback: target, acknowledged_timeout_seconds: 0 },
    { teamId },
  );
  const { incidentId } = await house.fire(service, { severity: 'SEV2_HIGH' });
  await house.untilSaid(incidentId as string, 'WAR_ROOM_CREATED');
  return incidentId as string;
}

/** The toy's name for the incident's room. */
const roomOf = async (incident: string): Promise<string> => {
  const { rows } = await sql(`select ref ->> 'id' as id from war_rooms where incident_id = $1`, [incident]);
  return (rows[0] as { id: string }).id;
};
const said = async (incident: string): Promise<string[]> => (await house.timeline(incident)).map(({ message }) => message as string);

it('has the team in it, says what it is about, and names whom the vendor does not know', async () => {
  const incident = await open(['bob', 'zoe']);
  const room = await roomOf(incident);
  expect(vendor.made.get(`/invitations ${room}`)).toMatchObject({ who: 'bob' });
  expect(vendor.made.get(`/topics ${room}`)?.['topic']).toMatch(/^SEV2 High · Triggered: /);
  expect(vendor.made.get(`/pins ${room}`)?.['message']).toBeDefined();
  expect(await said(incident)).toContain('Not invited to the war room, since the chat does not know them: zoe');
});

it('follows the incident: its topic, and whoever gets it', async () => {
  const incident = await open(['bob']);
  const room = await roomOf(incident);
  await house.command(incident, { kind: 'assign', assignee: { id: people['eve'] as string, name: 'eve' } });
  await house.until('eve is invited', async () => vendor.made.get(`/invitations ${room}`)?.['who'] === 'eve', 20_000);
  await house.until('the topic names her', async () => String(vendor.made.get(`/topics ${room}`)?.['topic']).includes('eve'), 20_000);
});

it('costs one feature where one right is missing, and says so', async () => {
  vendor.refuses.set('/pins', 410);
  const incident = await open();
  vendor.refuses.delete('/pins');
  const messages = await said(incident);
  expect(messages.some((message) => message.startsWith('The welcome was not pinned in the war room: HTTP 410.'))).toBe(true);
  expect(messages.some((message) => message.startsWith('War room created: #inc-'))).toBe(true);
});

it('is closed when the incident cannot reopen by itself any more; a later reopening has a new room', async () => {
  const incident = await open();
  const room = await roomOf(incident);
  await house.command(incident, { kind: 'resolve' });
  await house.untilStatus(incident, 'RESOLVED');
  const parts = {
    database: house.database,
    registry,
    secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }),
    egress: createEgress({ allow: ['127.0.0.0/8'] }),
    log: pino({ level: 'silent' }),
  };
  const close = () => closeRooms(parts, AbortSignal.timeout(10_000));
  await close();
  expect(vendor.made.has(`/closings ${room}`)).toBe(false);
  const handle = house.environment.client.workflow.getHandle(`incident/${incident}`);
  await house.until('its run has ended', async () => (await handle.describe()).status.name === 'COMPLETED', 20_000);
  await sql(`update incidents set resolved_at = now() - interval '1 hour' where id = $1`, [incident]);
  await house.until(
    'nothing waits for it',
    async () => (await sql('select from outbox where incident_id = $1', [incident])).rowCount === 0,
  );
  await close();
  expect(vendor.made.has(`/closings ${room}`)).toBe(true);

  await house.command(incident, { kind: 'reopen' });
  const rooms = async () => (await said(incident)).filter((message) => message.startsWith('War room created: ')).length;
  await house.until('there is another room', async () => (await rooms()) === 2, 20_000);
  const { rows } = await sql('select closed_at from war_rooms where incident_id = $1', [incident]);
  expect(rows).toEqual([{ closed_at: null }]);
}, 60_000);
