import { createRoute, z } from '@hono/zod-openapi';
import type { Devices as DeviceKind } from '../../connectors/connector.ts';
import { typeOf } from '../../connectors/registry.ts';
import { openProvider } from '../../connections/provider.ts';
import {
  addDevice,
  devicesOf,
  mostDevices,
  removeDevice,
  renewDevice,
  unseenAfterDays,
  type Device,
  type NewDevice,
} from '../../people/devices.ts';
import { readReader } from '../../people/reader.ts';
import { RefRead, Timestamp } from '../../resources/field-map/shapes.ts';
import type { ApiDeps } from '../deps.ts';
import { invalid, notFound, Problem } from '../problem.ts';
import { jsonBody, jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { sendTest, TestResult } from '../test-message.ts';

export const DeviceRead = z
  .object({
    id: z.uuid(),
    name: z.string(),
    provider: RefRead,
    added_at: Timestamp,
    seen_at: Timestamp.openapi({ description: 'When the pages were last opened on it.' }),
    state: z.enum(['working', 'unseen', 'gone']).openapi({
      description: `\`unseen\`: not opened for ${unseenAfterDays} days. \`gone\`: nothing reaches it until it is added again.`,
    }),
  })
  .openapi('Device');

export const Devices = z
  .object({
    devices: z.array(DeviceRead),
    providers: z
      .array(z.object({ id: z.uuid(), name: z.string(), public_key: z.string() }).openapi('PushProvider'))
      .openapi({ description: 'With what a browser subscribes: `applicationServerKey`. Empty where nobody has set push up.' }),
  })
  .openapi('Devices');

/** `PushSubscription.toJSON()` of a browser: w3.org/TR/push-api. The connector says what is wrong with it. */
const Subscription = z
  .object({ endpoint: z.string(), keys: z.record(z.string(), z.string()) })
  .openapi('PushSubscription', { description: '`PushSubscription.toJSON()`, as the browser gives it.' });

const example = {
  endpoint: 'https://push.example.com/wpush/v2/…',
  keys: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
};

const list = createRoute({
  method: 'get',
  path: '/devices',
  tags: ['auth'],
  summary: 'List your devices',
  description: 'Returns the phones and desktops that you get push notifications on, and with which keys a browser subscribes.',
  responses: { 200: jsonResponse(Devices, 'Your devices.'), ...problems(401) },
});

const add = createRoute({
  method: 'post',
  path: '/devices',
  tags: ['auth'],
  summary: 'Add a device',
  description: `Adds the browser that this subscription belongs to. A browser that is there already is renewed. At most ${mostDevices} a person.`,
  request: jsonBody(
    z.strictObject({ provider_id: z.uuid(), name: z.string().trim().min(1).max(100), subscription: Subscription }).openapi('DeviceCreate'),
    { provider_id: '0198c0de-0000-7000-8000-000000000000', name: 'Chrome on Android', subscription: example },
  ),
  responses: { 201: jsonResponse(z.object({ id: z.uuid() }).openapi('DeviceAdded'), 'The device.'), ...problems(400, 401, 409, 422) },
});

const deviceParams = z.object({ id: z.uuid() });

const renew = createRoute({
  method: 'put',
  path: '/devices/{id}',
  tags: ['auth'],
  summary: 'Renew a device',
  description: 'Says that the device was opened, and how it is reached now. The pages do it each time they are opened.',
  request: {
    params: deviceParams,
    ...jsonBody(z.strictObject({ subscription: Subscription }).openapi('DeviceRenewal'), { subscription: example }),
  },
  responses: { 204: { description: 'The device is renewed.' }, ...problems(400, 401, 404, 422) },
});

const remove = createRoute({
  method: 'delete',
  path: '/devices/{id}',
  tags: ['auth'],
  summary: 'Remove a device',
  description: 'Removes the device: nothing is sent to it any more. Returns 404 if you have no such device.',
  request: { params: deviceParams },
  responses: { 204: { description: 'The device is removed.' }, ...problems(401, 404) },
});

const test = createRoute({
  method: 'post',
  path: '/devices/{id}/test',
  tags: ['auth'],
  summary: 'Test a device',
  description:
    'Sends a SEV4_LOW notification titled "Test Notification" to the device, and waits up to 28 seconds for the result. The status is 200 whether it was sent or failed: see `outcome`.',
  request: { params: deviceParams },
  responses: { 200: jsonResponse(TestResult, 'What came of it.'), ...problems(401, 404) },
});

/** Below `/api/v1/me`: phones and desktops that take push messages. */
export function createDeviceRoutes(deps: ApiDeps) {
  const { pool } = deps.database;
  const { registry } = deps;
  const store = { pool, secrets: deps.secrets };
  const router = createRouter();

  async function ownDevice(id: string, userId: string): Promise<Device> {
    const device = (await devicesOf(pool, userId)).find((one) => one.id === id);
    if (device === undefined) throw notFound('device');
    return device;
  }

  const types = registry.notifiers().flatMap((connector) => (connector.notify.devices === undefined ? [] : [typeOf(connector)]));

  router.openapi(list, async (c) => {
    const [devices, { rows }] = await Promise.all([
      devicesOf(pool, c.get('signedIn').userId),
      pool.query<{ id: string; name: string }>(
        'select id, name from providers where is_active and type = any($1) order by created_at, id',
        [types],
      ),
    ]);
    const providers = await Promise.all(
      rows.map(async ({ id, name }) => {
        const opened = await openProvider(deps, id);
        if (!opened.ok) return [];
        return [{ id, name, public_key: opened.value.connector.notify?.devices?.subscribeWith(opened.value.config) ?? '' }];
      }),
    );
    return c.json({ devices: devices.map(toRead), providers: providers.flat() }, 200);
  });

  router.openapi(add, async (c) => {
    const { provider_id: providerId, name, subscription } = c.req.valid('json');
    const { rows } = await pool.query<{ type: string }>('select type from providers where id = $1 and type = any($2)', [providerId, types]);
    const kind = registry.byType(rows[0]?.type ?? '')?.notify?.devices;
    if (kind === undefined) throw invalid([{ field: 'provider_id', reason: 'there is no web push provider with this ID' }]);
    const id = await addDevice(store, { userId: c.get('signedIn').userId, providerId, name, ...reached(kind, subscription) });
    if (id === null) throw new Problem(409, `You have ${mostDevices} devices already: remove one first.`);
    return c.json({ id }, 201);
  });

  router.openapi(renew, async (c) => {
    const { userId } = c.get('signedIn');
    const { id } = c.req.valid('param');
    const kind = registry.byType((await ownDevice(id, userId)).provider_type)?.notify?.devices;
    if (kind === undefined) throw notFound('device');
    await renewDevice(store, id, { userId, ...reached(kind, c.req.valid('json').subscription) });
    return c.body(null, 204);
  });

  router.openapi(remove, async (c) => {
    if (!(await removeDevice(pool, c.req.valid('param').id, c.get('signedIn').userId))) throw notFound('device');
    return c.body(null, 204);
  });

  router.openapi(test, async (c) => {
    const { userId } = c.get('signedIn');
    const device = await ownDevice(c.req.valid('param').id, userId);
    const to = { providerId: device.provider_id, providerType: device.provider_type, userId, address: device.id };
    return c.json(await sendTest(deps, { ...to, reader: await readReader(pool, userId) }), 200);
  });

  return router;
}

/** @throws Problem that names what is wrong with it */
function reached(kind: DeviceKind<unknown>, given: unknown): Pick<NewDevice, 'reachedBy' | 'identity'> {
  const checked = kind.subscription.safeParse(given);
  if (!checked.success)
    throw invalid(checked.error.issues.map(({ path, message }) => ({ field: ['subscription', ...path].join('.'), reason: message })));
  return { reachedBy: JSON.stringify(checked.data), identity: kind.identityOf(checked.data) };
}

const unseenMs = unseenAfterDays * 24 * 60 * 60 * 1000;

const toRead = (device: Device): z.infer<typeof DeviceRead> => ({
  id: device.id,
  name: device.name,
  provider: { id: device.provider_id, name: device.provider },
  added_at: device.added_at.toISOString(),
  seen_at: device.seen_at.toISOString(),
  state: device.gone_at !== null ? 'gone' : Date.now() - device.seen_at.getTime() > unseenMs ? 'unseen' : 'working',
});
