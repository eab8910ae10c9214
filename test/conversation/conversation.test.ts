import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Received, Reply } from '../../src/connectors/connector.ts';
import { createConversation } from '../../src/conversation/conversation.ts';
import { linkCodeHash } from '../../src/conversation/account.ts';
import { createRegistry } from '../../src/connectors/registry.ts';
import { readDirectory } from '../../src/people/directory.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { keepRoom } from '../../src/rooms/kept-room.ts';
import { startHouse, type House } from '../support/house.ts';

/** What people do in a chat, as its connector hands it over. */
let house: House;
let providerId: string;
let ann: string;
let says: (what: Received['what'], more?: Partial<Received>) => Promise<Reply | null>;

beforeAll(async () => {
  house = await startHouse({ clock: 'real' });
  providerId = await house.seed.provider({ name: 'Chat', type: 'SMTP', config: house.mailbox.providerConfig });
  ann = await house.person('ann');
  await house.person('bob', { language: 'fr' } as never);
  const { pool } = house.database;
  const secrets = createSecretBox({ key: 'a key for the tests alone', oldKeys: [] });
  const on = createConversation(
    {
      pool,
      incidents: house.incidents,
      baseUrl: 'http://imas.test',
      directory: () => readDirectory({ pool, registry: createRegistry({ mail: null }), secrets }),
    },
    {
      providerId,
      via: 'chat',
      lookUp: async (accountId) => ({
        name: accountId,
        email: accountId === 'U-STRANGER' ? null : `${accountId.toLowerCase()}@example.com`,
      }),
    },
  );
  says = (what, more = {}) => on({ id: crypto.randomUUID(), accountId: 'ANN', accountName: 'Ann', room: null, what, ...more });
}, 60_000);
afterAll(() => house.stop());

const command = (text: string, more: Partial<Received> = {}) => says({ kind: 'command', text }, more);
const textOf = (reply: Reply | null): string => (reply?.kind === 'text' ? reply.text : JSON.stringify(reply));

async function open(): Promise<{ id: string; shortId: string }> {
  const target = [{ type: 'user', id: ann }] as const;
  const service = await house.service({
    levels: [{ targets: target, delay_seconds: 3600 }],
    repeat: 0,
    fallback: target,
    acknowledged_timeout_seconds: 0,
  });
  const { incidentId } = await house.fire(service);
  const id = incidentId as string;
  await house.untilSaid(id, 'INCIDENT_OPENED');
  return { id, shortId: (await house.incident(id))['short_id'] as string };
}

it('an acknowledgement from a chat is that person’s, once however often the vendor tells of it', async () => {
  const { id, shortId } = await open();
  const received = { id: 'event-1' };
  await house.database.pool.query('update incidents set runbook_url = $2, war_room_url = $3 where id = $1', [
    id,
    'https://wiki.example.com/redis_(prod)',
    'https://chat.example.com/room',
  ]);
  const told = textOf(await command(`incident ack ${shortId}`, received));
  expect(told).toContain(`**You have ${shortId}: nobody else is paged.**`);
  expect(told).toMatch(
    /\[🟠 SEV2 High: .+\]\(http:\/\/imas\.test\/dashboard\/incidents\/INC-[A-Z0-9]{6}\/\)\nService: .+\nStatus: Acknowledged/,
  );
  expect(told).toContain('[Runbook](https://wiki.example.com/redis_%28prod%29)');
  expect(told).toContain('[War room](https://chat.example.com/room)');
  expect(told).toContain('[Incident document](');
  expect(textOf(await command(`incident ack ${shortId}`, received))).toBe(told);
  expect(await house.incident(id)).toMatchObject({ status: 'ACKNOWLEDGED', acknowledged_by: 'ann' });
  expect(textOf(await command(`incident ack ${shortId}`))).toBe(`${shortId}: Already acknowledged by ann.`);
  const { rows } = await house.database.pool.query<{ actor: object }>(
    `select actor from timeline_entries where incident_id = $1 and said ->> 'code' = 'entry.acknowledged'`,
    [id],
  );
  expect(rows).toEqual([{ actor: { type: 'user', id: ann, name: 'ann', via: 'chat' } }]);
}, 30_000);

it('a button does what it says', async () => {
  const { id, shortId } = await open();
  expect(textOf(await says({ kind: 'press', button: 'assign_to_me', value: id }))).toBe(`${shortId}: Assigned to ann`);
  expect(textOf(await says({ kind: 'press', button: 'resolve', value: id }))).toBe(`${shortId}: Resolved`);
  expect(await house.incident(id)).toMatchObject({ status: 'RESOLVED' });
}, 30_000);

it('a form opens one incident, though it is sent twice', async () => {
  const { rows } = await house.database.pool.query<{ name: string }>('select name from services limit 1');
  const form = await command('incident create Redis');
  expect(form).toMatchObject({ kind: 'form', form: 'create' });
  const filled = {
    kind: 'form',
    form: 'create',
    values: { title: 'Redis is slow', service: rows[0]!.name, severity: 'SEV3_MEDIUM' },
  } as const;
  const first = await says(filled, { id: 'view-1' });
  expect(await says(filled, { id: 'view-1' })).toEqual(first);
  expect(textOf(first)).toMatch(/^\[INC-[A-Z0-9]{6}\]\(http:\/\/imas\.test\/dashboard\/incidents\/INC-[A-Z0-9]{6}\/\) is open\.$/);
  const opened = await house.database.pool.query(`select from incidents where title = 'Redis is slow'`);
  expect(opened.rowCount).toBe(1);
  expect(textOf(await says({ ...filled, values: { ...filled.values, service: 'no such' } }))).toBe(
    'Title, service and severity are needed.',
  );
});

it('strangers are told how to link, and a code links once', async () => {
  const stranger = { accountId: 'U-STRANGER', accountName: 'Somebody' };
  expect(textOf(await command('incident list', stranger))).toContain('Get a code at http://imas.test/dashboard/profile/');
  const { pool } = house.database;
  await pool.query('insert into chat_link_codes (code_hash, user_id) values ($1, $2)', [linkCodeHash('ABCD-1234'), ann]);
  expect(textOf(await command('link abcd-1234', stranger))).toBe('This account is now linked to ann.');
  expect(textOf(await command('link abcd-1234', { accountId: 'U-OTHER' }))).toContain('not valid');
  expect(textOf(await command('help', stranger))).toContain('/imas incident list');
});

it('an old code links nobody', async () => {
  await house.database.pool.query(
    `insert into chat_link_codes (code_hash, user_id, created_at) values ($1, $2, now() - interval '11 minutes')`,
    [linkCodeHash('OLD-CODE'), ann],
  );
  expect(textOf(await command('link OLD-CODE', { accountId: 'U-LATE' }))).toContain('not valid');
});

it('what is written in a war room joins the timeline, with its edits and deletions; a command there needs no number', async () => {
  const { id, shortId } = await open();
  const room = { id: 'C-ROOM', url: null, receipt: null };
  await keepRoom(house.database.pool, { incidentId: id, providerId, providerType: 'SMTP', ref: room, name: 'inc-room' });
  await says({ kind: 'comment', room, message: '17.1', text: 'Failing over' });
  await says({ kind: 'comment', room, message: '17.1', text: 'Failing over' });
  await house.untilSaid(id, 'COMMENT_ADDED');
  await says({ kind: 'comment_edited', room, message: '17.1', text: 'Failed over' });
  await says({ kind: 'reaction', room, message: '17.1', emoji: 'pushpin', isAdded: true });
  await says({ kind: 'comment_deleted', room, message: '17.1' });
  await house.untilSaid(id, 'COMMENT_DELETED');
  const messages = (await house.timeline(id)).filter(({ type }) => (type as string).startsWith('COMMENT')).map(({ message }) => message);
  expect(messages).toEqual(['Failing over', 'ann edited a comment: Failed over', 'ann pinned a comment', 'ann deleted a comment']);
  expect(textOf(await command('ack', { room: 'C-ROOM' }))).toContain(`You have ${shortId}`);
  await says({ kind: 'comment', room: { ...room, id: 'C-ELSEWHERE' }, message: '18', text: 'Nothing of ours' });
}, 30_000);

it('says who is on call, and lists what is open, in the reader’s language', async () => {
  await house.seed.team({ name: 'SRE Core', members: [ann] });
  await house.database.pool.query(`update teams set current_on_call_id = $1 where name = 'SRE Core'`, [ann]);
  expect(textOf(await command('oncall sre core'))).toBe('**SRE Core**: ann');
  expect(textOf(await command('oncall nobody', { accountId: 'BOB' }))).toMatch(/équipe « nobody »|no team “nobody”/);
  const { shortId } = await open();
  expect(textOf(await command('incident list'))).toContain(`[${shortId}](http://imas.test/dashboard/incidents/${shortId}/)`);
  expect(textOf(await command('ack INC-000000'))).toBe('There is no incident INC-000000.');
});

it('adds an impact scope by its name, in any case', async () => {
  const { id, shortId } = await open();
  await house.scope('Security', ['ciso@example.com']);
  expect(textOf(await command(`scope ${shortId} security`))).toBe(`${shortId}: Impact scope added: Security`);
  expect(textOf(await command(`scope ${shortId} Security`))).toBe(`${shortId}: Already has the impact scope Security.`);
  expect(textOf(await command(`scope ${shortId} Wine`))).toBe('There is no active impact scope “Wine”.');
  await house.mailbox.nth(1, 'ciso@example.com', 25_000);
  expect((await house.timeline(id)).map(({ message }) => message)).toContain('ann added the impact scope Security');
}, 45_000);
