import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { createRegistry, registryOf } from '../../src/connectors/registry.ts';
import { createToyConnector } from '../connectors/toy/connector.ts';
import { startToyVendor, type ToyVendor } from '../connectors/toy/vendor.ts';
import { startHouse, type House } from '../support/house.ts';

let vendor: ToyVendor;
let house: House;
beforeAll(async () => {
  const toy = createToyConnector() as unknown as Connector;
  [vendor, house] = await Promise.all([
    startToyVendor(),
    startHouse({ registry: registryOf([...createRegistry({ mail: null }).all, toy]) }),
  ]);
});
afterAll(async () => {
  await house.stop();
  await vendor.close();
});

it('a system that is added by one line pages people, and has the war room', async () => {
  const providerId = await house.seed.provider({ name: 'Toys', type: 'TOY', config: { url: vendor.url, token: vendor.token } });
  const ann = await house.person('ann', { contactMethods: [{ provider_id: providerId, address: 'toy-ann', severities: [] }] });
  const target = [{ type: 'user', id: ann }] as const;
  const service = await house.service({
    levels: [{ targets: target, delay_seconds: 3600 }],
    repeat: 0,
    fallback: target,
    acknowledged_timeout_seconds: 0,
  });
  const { incidentId } = await house.fire(service, { severity: 'SEV1_CRITICAL' });
  await house.untilSaid(incidentId as string, 'ALERT_SENT');
  await house.untilSaid(incidentId as string, 'WAR_ROOM_CREATED');
  const made = [...vendor.made.entries()];
  expect(made).toContainEqual([
    expect.stringMatching(/^\/messages /),
    expect.objectContaining({ to: 'toy-ann', title: 'DiskFull is firing' }),
  ]);
  expect(vendor.made.get(`/rooms ${incidentId}`)?.['name']).toMatch(/^inc-[a-z0-9]{6}-service-/);
  expect((await house.incident(incidentId as string))['war_room_url']).toMatch(new RegExp(`^${vendor.url}/rooms/`));
});
