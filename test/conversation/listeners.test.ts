import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRegistry } from '../../src/connectors/registry.ts';
import { startListeners, type Listeners } from '../../src/conversation/listeners.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { readDirectory } from '../../src/people/directory.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { startSlack, type Slack } from '../connectors/emulators/slack/server.ts';
import { startHouse, type House } from '../support/house.ts';

/** Sockets of ours to a vendor, for those without a public address. */
let slack: Slack;
let house: House;
let providerId: string;
const processes: Listeners[] = [];

beforeAll(async () => {
  [slack, house] = await Promise.all([startSlack(), startHouse({ clock: 'real' })]);
  const config = { bot_token: slack.tokens.bot, app_token: slack.tokens.app, api_url: slack.apiUrl };
  providerId = await house.seed.provider({ name: 'Slack', type: 'SLACK', config });
}, 60_000);
afterAll(async () => {
  await Promise.all(processes.map((one) => one.stop()));
  await house.stop();
  await slack.close();
});

function start(): Listeners {
  const { database, incidents } = house;
  const { pool } = database;
  const registry = createRegistry({ mail: null });
  const secrets = createSecretBox({ key: 'a key for the tests alone', oldKeys: [] });
  const egress = createEgress({ allow: ['127.0.0.0/8'] });
  const listeners = startListeners({
    database,
    pool,
    registry,
    secrets,
    egress,
    incidents,
    baseUrl: 'http://imas.test',
    directory: () => readDirectory({ pool, registry, secrets }),
    log: pino({ level: 'silent' }),
  });
  processes.push(listeners);
  return listeners;
}
const until = (what: string, holds: () => boolean) => house.until(what, async () => holds(), 20_000);

it('one process holds the socket; when it ends another takes over, and what people ask is answered', async () => {
  const first = start();
  await until('the socket is open', () => slack.sockets.count() === 1);
  start();
  const ann = slack.workspace.member('ann');
  await house.person('ann');
  const channel = slack.workspace.channel('general');
  await slack.people.command(ann, channel, 'oncall');
  expect(slack.workspace.screen(ann.id).whispers.map(({ text }) => text)).toEqual(['There is no team yet.']);
  await first.stop();
  const opened = () => slack.asked.filter(({ method }) => method === 'apps.connections.open').length;
  await until('the other holds it', () => opened() === 2 && slack.sockets.count() === 1);
  await slack.people.command(ann, channel, 'incident list');
  await until('the answer has come', () => slack.workspace.screen(ann.id).whispers.length === 2);
  expect(slack.workspace.screen(ann.id).whispers.at(-1)?.text).toBe('No incident is open.');
  expect(slack.people.complaints).toEqual([]);
}, 60_000);

it('a provider that is switched off is not listened to any more', async () => {
  await house.database.pool.query('update providers set is_active = false, updated_at = now() where id = $1', [providerId]);
  await until('the socket is closed', () => slack.sockets.count() === 0);
}, 30_000);
