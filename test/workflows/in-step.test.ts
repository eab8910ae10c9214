import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { createRegistry, registryOf } from '../../src/connectors/registry.ts';
import { createToyConnector } from '../connectors/toy/connector.ts';
import { startToyVendor, type ToyVendor } from '../connectors/toy/vendor.ts';
import { startHouse, type House } from '../support/house.ts';

/** Messages that were sent follow the incident. */
let vendor: ToyVendor;
let house: House;
let ann: string;
beforeAll(async () => {
  const toy = createToyConnector() as unknown as Connector;
  [vendor, house] = await Promise.all([
    startToyVendor(),
    startHouse({ clock: 'real', registry: registryOf([...createRegistry({ mail: null }).all, toy]) }),
  ]);
  const providerId = await house.seed.provider({ name: 'Toys', type: 'TOY', config: { url: vendor.url, token: vendor.token } });
  const methods = [{ provider_id: providerId, address: 'toy-channel', severities: [] }];
  ann = await house.person('ann', { contactMethods: methods });
});
afterAll(async () => {
  await house.stop();
  await vendor.close();
});

async function open(): Promise<string> {
  const target = [{ type: 'user', id: ann }] as const;
  const service = await house.service({
    levels: [{ targets: target, delay_seconds: 3600 }],
    repeat: 0,
    fallback: target,
    acknowledged_timeout_seconds: 0,
  });
  const { incidentId } = await house.fire(service, { severity: 'SEV2_HIGH' });
  await house.untilSaid(incidentId as string, 'ALERT_SENT');
  return incidentId as string;
}

/** The toy's name for the page about an incident. */
const messageOf = (incidentId: string): string => {
  const names = [...vendor.made.keys()];
  return String(names.findIndex((name) => name.startsWith(`/messages ${incidentId}/`) && name.includes('.l0.')));
};
const changed = (message: string) => vendor.made.get(`/changes ${message}`);
const sentAs = (message: string) => [...vendor.made.values()][Number(message)]!;
const until = (what: string, holds: () => boolean) => house.until(what, async () => holds(), 30_000);

it('shows the room that opened later, who took it, and its end, in the one message', async () => {
  const incident = await open();
  const message = messageOf(incident);
  // Where the room was there first, the message has shown it from the beginning.
  await until('the room is linked', () => (changed(message) ?? sentAs(message))['room'] != null);
  await house.command(incident, { kind: 'acknowledge' });
  await until('it is shown as acknowledged', () => changed(message)?.['status'] === 'ACKNOWLEDGED');
  await house.command(incident, { kind: 'resolve' });
  await until('it is shown as resolved', () => changed(message)?.['status'] === 'RESOLVED');
  const replies = () => [...vendor.made.values()].filter(({ to }) => to === message).map(({ event }) => event);
  await until('its end is told below it', () => replies().includes('incident.resolved'));
}, 60_000);

it('is tried again while the vendor is away, and left as it is where the vendor refuses for good', async () => {
  const incident = await open();
  const message = messageOf(incident);
  vendor.refuses.set('/changes', 503);
  await house.command(incident, { kind: 'acknowledge' });
  const handle = house.environment.client.workflow.getHandle(`incident/${incident}`);
  await house.until('it is tried again', async () =>
    ((await handle.describe()).raw.pendingActivities ?? []).some(({ attempt }) => (attempt ?? 0) > 1),
  );
  vendor.refuses.delete('/changes');
  await until('it is shown as acknowledged', () => changed(message)?.['status'] === 'ACKNOWLEDGED');

  vendor.refuses.set('/changes', 410);
  await house.command(incident, { kind: 'resolve' });
  await house.until('the run ends all the same', async () => (await handle.describe()).status.name === 'COMPLETED', 30_000);
  vendor.refuses.delete('/changes');
  expect(changed(message)).toMatchObject({ status: 'ACKNOWLEDGED' });
}, 60_000);

it('shows what the service adds now', async () => {
  const incident = await open();
  const message = messageOf(incident);
  const note = 'Call the hosting company first.';
  await house.database.pool.query('update services set message_note = $2 where id = (select service_id from incidents where id = $1)', [
    incident,
    note,
  ]);
  await house.command(incident, { kind: 'acknowledge' });
  await until('the note is shown', () => changed(message)?.['note'] === note);
}, 60_000);
