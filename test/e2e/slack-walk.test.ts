import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRegistry } from '../../src/connectors/registry.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { createRouter } from '../../src/api/router.ts';
import { createChatRoutes } from '../../src/api/routes/chat.ts';
import { startSlack, type Slack } from '../connectors/emulators/slack/server.ts';
import type { Channel, Member, Message } from '../connectors/emulators/slack/workspace.ts';
import { startHouse, type House } from '../support/house.ts';

/** A team, a service and a Slack workspace, and nothing else: from the alert to the button, and back. */
let slack: Slack;
let house: House;
let channel: Channel;
let ann: Member;
let serviceId: string;
const baseUrl = 'http://imas.test';

beforeAll(async () => {
  [slack, house] = await Promise.all([startSlack(), startHouse({ clock: 'real' })]);
  const { workspace } = slack;
  channel = workspace.channel('sre-core');
  ann = workspace.member('ann');
  workspace.member('bob');
  const userId = await house.person('ann');
  const bob = await house.person('bob');
  const { pool } = house.database;
  const teamId = await house.seed.team({ name: 'SRE Core', members: [userId, bob] });
  await pool.query('update teams set slack_channel_id = $2, current_on_call_id = $3 where id = $1', [teamId, channel.id, userId]);
  await pool.query('update providers set is_active = false where id = $1', [house.mailProviderId]);
  await house.seed.provider({
    name: 'Slack Production',
    type: 'SLACK',
    config: { bot_token: slack.tokens.bot, signing_secret: slack.signingSecret, api_url: slack.apiUrl },
  });
  serviceId = await house.service(
    {
      levels: [
        { targets: [{ type: 'owner_on_call' }], delay_seconds: 300 },
        { targets: [{ type: 'owner_team' }], delay_seconds: 600 },
      ],
      repeat: 0,
      fallback: [{ type: 'admins' }],
      acknowledged_timeout_seconds: 0,
    },
    { teamId },
  );
  await pool.query(`update services set name = 'redis-prod', runbook_url = 'https://wiki.example.com/redis' where id = $1`, [serviceId]);
  const app = createRouter().route(
    '/api/v1',
    createChatRoutes({
      config: { baseUrl },
      database: house.database,
      incidents: house.incidents,
      registry: createRegistry({ mail: null }),
      secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }),
      egress: createEgress({ allow: ['127.0.0.0/8'] }),
      log: pino({ level: 'silent' }),
    } as unknown as ApiDeps),
  );
  slack.reach = async ({ path, headers, body }) => {
    const response = await app.request(`/api/v1/slack/${path}/`, { method: 'POST', headers: { ...headers }, body: new Uint8Array(body) });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };
}, 60_000);
afterAll(async () => {
  await house.stop();
  await slack.close();
});

const textOf = ({ blocks }: Message): string => JSON.stringify(blocks);
const until = (what: string, holds: () => boolean) => house.until(what, async () => holds(), 30_000);
/** Those that stand by themselves, not in a thread. */
const roots = (place: Channel): Message[] => place.messages.filter(({ threadTs, ts }) => threadTs === null || threadTs === ts);
const roomOf = (): Channel | undefined => [...slack.workspace.channels.values()].find(({ name }) => name.startsWith('inc-'));

let incident: string;

it('an alert is told to the channel of the team and to who is on call, and opens a war room with them in it', async () => {
  const { incidentId } = await house.fire(serviceId, { severity: 'SEV2_HIGH' });
  incident = incidentId as string;
  await until('the channel is told', () => roots(channel).length > 0);
  await until('ann is told', () => slack.workspace.direct(ann.id).messages.length > 0);
  const [message] = roots(channel);
  expect(textOf(message!)).toContain('redis-prod');
  for (const action of ['acknowledge', 'resolve', 'escalate', 'assign_to_me']) expect(textOf(message!)).toContain(`"${action}"`);
  await until('the room is open', () => roomOf() !== undefined);
  const room = roomOf() as Channel;
  expect(room.name).toMatch(/^inc-[a-z0-9]{6}-redis-prod$/);
  await until('ann is in it', () => room.members.has(ann.id));
  await until('the welcome is pinned', () => room.pins.length === 1);
  expect(room.topic).toContain('SEV2 High · Triggered');
  expect(room.bookmarks.map(({ title }) => title)).toEqual(expect.arrayContaining(['Incident', 'LID', 'Runbook']));
  await until('the message links the room', () => textOf(roots(channel)[0]!).includes('War Room'));
  const said = (await house.timeline(incident)).map(({ type, message: words }) => `${type as string} ${words as string}`);
  expect(said).toContain('ALERT_SENT Notification sent to Slack (SRE Core)');
  expect(said).toContain('DOCUMENT_CREATED LID document created');
}, 60_000);

it('a press on Acknowledge is Ann’s, and every message shows it', async () => {
  await slack.people.press(ann, channel, roots(channel)[0]!, 'acknowledge');
  await house.untilStatus(incident, 'ACKNOWLEDGED');
  expect(await house.incident(incident)).toMatchObject({ acknowledged_by: 'ann' });
  const isAcknowledged = (place: Channel): boolean => !textOf(roots(place)[0]!).includes('"acknowledge"');
  await until('the channel shows it', () => isAcknowledged(channel));
  await until('her own message shows it', () => isAcknowledged(slack.workspace.direct(ann.id)));
  await until('the topic shows it', () => (roomOf() as Channel).topic.includes('Acknowledged'));
  expect(slack.people.complaints).toEqual([]);
}, 60_000);

it('what is written in the room joins the timeline, and a command there needs no number', async () => {
  const room = roomOf() as Channel;
  await slack.people.say(ann, room, 'Failing over to the *replica*');
  await house.untilSaid(incident, 'COMMENT_ADDED');
  const comments = (await house.timeline(incident)).filter(({ type }) => type === 'COMMENT_ADDED');
  expect(comments.map(({ message }) => message)).toEqual(['Failing over to the **replica**']);
  await slack.people.command(ann, room, 'incident resolve Rolled back');
  await house.untilStatus(incident, 'RESOLVED');
  await until('the thread says so', () => channel.messages.some(({ threadTs, text }) => threadTs !== null && text.includes('Resolved')));
  await until('the message shows it', () => !textOf(roots(channel)[0]!).includes('"resolve"'));
  expect(roots(channel)).toHaveLength(1);
  expect(slack.people.complaints).toEqual([]);
}, 60_000);
