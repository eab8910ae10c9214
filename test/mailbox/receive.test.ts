import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tokenHash } from '../../src/answers/answer-links.ts';
import { replyAddressFor, tokenIn, type MailedTo } from '../../src/answers/reply-address.ts';
import { readConfig } from '../../src/config.ts';
import { CommandReused, type CommandRequest, type CommandResult } from '../../src/incidents/incidents.ts';
import { createReceiveMail } from '../../src/mailbox/receive-mail.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { said } from '../../src/domain/said.ts';
import { baseUrl, startApi, type Api } from '../api/harness.ts';
import { Mailbox } from '../support/mailbox.ts';
import { createSeed } from '../support/seed.ts';

/** Mails to a signed address: what may come of them, and who is told. */
const hookSecret = 'a secret of the mail server';
const replyTo = { local: 'replies', domain: 'example.com' };
const secrets = createSecretBox({ key: 'a key for the tests alone', oldKeys: [] });
let api: Api;
let mailbox: Mailbox;
let providerId: string;
/** What reached the incidents, by id: as the store, they do each command once. */
const given = new Map<string, Omit<CommandRequest, 'waitMs' | 'id'>>();
let result: CommandResult = { outcome: 'applied', said: said('command.acknowledged') };

beforeAll(async () => {
  mailbox = await Mailbox.start();
  api = await startApi({
    secrets,
    egress: createEgress({ allow: ['127.0.0.0/8'] }),
    config: readConfig({
      IMAS_BASE_URL: baseUrl,
      IMAS_MAIL_REPLY_ADDRESS: 'Replies@example.com',
      IMAS_MAIL_HOOK_SECRET: hookSecret,
      IMAS_MAIL_AUTHSERV_ID: 'mx.example.com',
    }),
    incidents: {
      open: () => Promise.reject(new Error('no mail opens anything')),
      async command({ id, incidentId, actor, body }) {
        const before = given.get(id);
        if (before !== undefined && JSON.stringify(before.body) !== JSON.stringify(body)) throw new CommandReused('used');
        given.set(id, { incidentId, actor, body });
        return result;
      },
    },
  });
  const { pool } = api.database;
  providerId = await createSeed(pool).provider({ name: 'Mail', type: 'SMTP', config: mailbox.providerConfig });
  await pool.query(`update users set email = 'ann@example.com' where id = $1`, [api.users.staff]);
});
afterAll(async () => {
  await api.close();
  await mailbox.stop();
});
beforeEach(() => {
  given.clear();
  mailbox.mails.length = 0;
  result = { outcome: 'applied', said: said('command.acknowledged') };
});

async function openIncident(epoch = 1): Promise<string> {
  const { rows } = await api.database.pool.query<{ id: string }>(
    `insert into incidents (id, title, severity, service_id, origin, policy_id, policy_version, epoch)
     values (gen_random_uuid(), 'Redis is down', 'SEV1_CRITICAL', $1, 'person', $2, 1, $3) returning id`,
    [api.catchAllId, api.policyId, epoch],
  );
  return rows[0]!.id;
}

const addressOf = (more: Partial<MailedTo> & { incidentId: string }): Promise<string> =>
  replyAddressFor(
    { pool: api.database.pool, secrets, replyTo },
    { userId: api.users.staff, epoch: 1, providerId, address: 'ann.private@example.org', ...more },
  );

interface Writing {
  readonly to: string;
  readonly from?: string;
  readonly id?: string | null;
  readonly text?: string;
  readonly results?: string | null;
  readonly headers?: readonly string[];
}

let count = 0;
function write({ to, from = 'ann@example.com', id = `<m${++count}@example.com>`, text = 'ack', headers = [], ...more }: Writing): string {
  const domain = from.slice(from.lastIndexOf('@') + 1).replace('>', '');
  const { results = `mx.example.com; dmarc=pass header.from=${domain}` } = more;
  return [
    ...(results === null ? [] : [`Authentication-Results: ${results}`]),
    ...headers,
    `From: ${from}`,
    `To: ${to}`,
    ...(id === null ? [] : [`Message-ID: ${id}`]),
    'References: <first@imas.test>',
    'Subject: Re: [INC-1] something',
    '',
    text,
    '',
  ].join('\r\n');
}

const post = (raw: string, headers: Record<string, string> = { Authorization: `Bearer ${hookSecret}` }) =>
  api.request('POST', '/api/v1/mail/inbound/', { as: 'nobody', raw, headers: { 'Content-Type': 'message/rfc822', ...headers } });
const send = async (writing: Writing): Promise<void> => {
  expect((await post(write(writing))).status).toBe(202);
};
const counted = async (word: string): Promise<number> =>
  Number(new RegExp(`imas_mail_answers_total\\{result="${word}"\\} (\\d+)`).exec(await api.deps.metrics.text())?.[1] ?? 0);

describe('an answer', () => {
  it.each([
    ['the address of the account', 'ann@example.com'],
    ['the address that was written to', 'Ann <Ann.Private@Example.org>'],
  ])('from %s acts in the name of its person, who is told in the same thread', async (_, from) => {
    const incidentId = await openIncident();
    await send({ to: await addressOf({ incidentId }), from, id: '<one@example.com>', text: 'Ack\r\n\r\n> quoted' });
    const actor = { type: 'user', id: api.users.staff, name: 'Ann', via: 'mail' };
    expect([...given.values()]).toEqual([{ incidentId, actor, body: { kind: 'acknowledge' } }]);
    expect([...given.keys()][0]).toMatch(/^mail\/[0-9a-f]{64}$/);
    const [told, ...more] = mailbox.mails;
    expect(more).toEqual([]);
    expect(told?.to).toEqual([from.replace(/.*<(.*)>/, '$1').toLowerCase()]);
    expect(told?.text).toContain('Acknowledged');
    expect(told?.email.inReplyTo).toBe('<one@example.com>');
    expect(told?.email.references).toBe('<first@imas.test> <one@example.com>');
    expect(told?.email.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-replied');
    expect(told?.email.replyTo).toBeUndefined();
  });

  it('that is delivered twice acts once, and is confirmed once', async () => {
    const raw = write({ to: await addressOf({ incidentId: await openIncident() }) });
    for (let times = 0; times < 3; times++) expect((await post(`Received: from mx${times}\r\n${raw}`)).status).toBe(202);
    expect(given.size).toBe(1);
    expect(mailbox.mails).toHaveLength(1);
  });

  it('without an id is known by what it says', async () => {
    const raw = write({ to: await addressOf({ incidentId: await openIncident() }), id: null });
    for (let times = 0; times < 2; times++) await post(raw);
    expect(given.size).toBe(1);
    expect(mailbox.mails).toHaveLength(1);
    expect(mailbox.mails[0]?.email.inReplyTo).toBeUndefined();
  });

  it('whose id was used for other words changes nothing', async () => {
    const to = await addressOf({ incidentId: await openIncident() });
    await send({ to, id: '<same@example.com>', text: 'ack' });
    await send({ to, id: '<same@example.com>', text: 'resolve' });
    expect([...given.values()].map(({ body }) => body.kind)).toEqual(['acknowledge']);
    expect(mailbox.mails).toHaveLength(1);
  });

  it('is confirmed in the next attempt where the first was cut off after the act', async () => {
    const raw = write({ to: await addressOf({ incidentId: await openIncident() }) });
    mailbox.refuse = () => '450 4.2.0 later';
    await post(raw);
    mailbox.refuse = () => null;
    await post(raw);
    expect(mailbox.mails).toHaveLength(1);
    expect(given.size).toBe(1);
  });

  it('that is refused says why', async () => {
    result = { outcome: 'refused', said: said('command.alreadyAcknowledged', { who: 'Bob' }) };
    await send({ to: await addressOf({ incidentId: await openIncident() }) });
    expect(mailbox.mails[0]?.text).toContain('Already acknowledged by Bob.');
  });

  it('becomes a comment where it is no command, whatever is in it', async () => {
    await send({ to: await addressOf({ incidentId: await openIncident() }), text: 'It was the disk \0 <b>' });
    expect([...given.values()].map(({ body }) => body)).toEqual([{ kind: 'comment', text: 'It was the disk \uFFFD <b>' }]);
  });

  it('of nothing but a quote does nothing, and nobody is told', async () => {
    await send({ to: await addressOf({ incidentId: await openIncident() }), text: '> ack' });
    expect([given.size, mailbox.mails.length]).toEqual([0, 0]);
  });

  it('to an incident that began anew does nothing, and its person is told', async () => {
    await send({ to: await addressOf({ incidentId: await openIncident(2) }) });
    expect(given.size).toBe(0);
    expect(mailbox.mails[0]?.text).toContain('triggered again since');
  });

  it('arrives by the address that it was delivered to', async () => {
    const address = await addressOf({ incidentId: await openIncident() });
    await send({ to: 'undisclosed@example.net', headers: [`Delivered-To: ${address}`] });
    expect(given.size).toBe(1);
  });
});

describe('nothing comes of a mail, and nobody is told,', () => {
  const ignored = async (word: string, writing: Partial<Writing> = {}, to?: string): Promise<void> => {
    const before = await counted(word);
    await send({ to: to ?? (await addressOf({ incidentId: await openIncident() })), ...writing });
    expect([given.size, mailbox.mails.length, await counted(word)]).toEqual([0, 0, before + 1]);
  };

  it('where another sends it', () => ignored('other_sender', { from: 'eve@evil.test' }));
  it('where another colleague sends it', () => ignored('other_sender', { from: 'bob@example.com' }));
  it('where it says two senders', () => ignored('other_sender', { headers: ['From: eve@evil.test'] }));
  it('where nobody vouches for its sender', () => ignored('unauthenticated', { results: null }));
  it('where the server says that it is forged', () =>
    ignored('unauthenticated', { results: 'mx.example.com; dmarc=fail header.from=example.com' }));
  it('where it vouches for its sender itself', () =>
    ignored('unauthenticated', {
      results: 'mx.example.com; dmarc=fail header.from=example.com',
      headers: ['Authentication-Results: mx.example.com; dmarc=pass header.from=example.com'],
    }));
  it('where another server vouches for it', () =>
    ignored('unauthenticated', { results: 'mx.evil.test; dmarc=pass header.from=example.com' }));
  it('where a program wrote it', () => ignored('automatic', { headers: ['Auto-Submitted: auto-replied'] }));
  it('where it is a report', () => ignored('automatic', { headers: ['Return-Path: <>'] }));
  it('where it is to no address of ours', () => ignored('not_an_answer', {}, 'replies@example.com'));
  it('where it is to two of them', async () => {
    const both = await Promise.all([1, 2].map(async () => addressOf({ incidentId: await openIncident() })));
    await ignored('not_an_answer', {}, both.join(', '));
  });

  it('where its address has expired', async () => {
    const incidentId = await openIncident();
    const to = await addressOf({ incidentId });
    await api.database.pool.query(`update reply_addresses set expires_at = now() - interval '1 second' where incident_id = $1`, [
      incidentId,
    ]);
    await ignored('expired_address', {}, to);
  });

  it('where its person was deactivated', async () => {
    const { pool } = api.database;
    await pool.query(`update users set email = 'bob@example.com', is_active = false where id = $1`, [api.users.member]);
    const to = await addressOf({ incidentId: await openIncident(), userId: api.users.member });
    await ignored('unknown_address', { from: 'bob@example.com' }, to);
    await pool.query('update users set is_active = true where id = $1', [api.users.member]);
    await send({ to, from: 'bob@example.com' });
    expect(given.size).toBe(1);
  });

  it('where its provider is gone: the act is done all the same', async () => {
    const { pool } = api.database;
    const other = await createSeed(pool).provider({ name: 'Gone', type: 'SMTP', config: mailbox.providerConfig });
    const to = await addressOf({ incidentId: await openIncident(), providerId: other });
    await pool.query('delete from providers where id = $1', [other]);
    await send({ to });
    expect([given.size, mailbox.mails.length]).toEqual([1, 0]);
  });
});

describe('an address', () => {
  it('is the same on every attempt, and another for each incident, person, escalation and address', async () => {
    const [incidentId, otherId] = [await openIncident(), await openIncident()];
    const address = await addressOf({ incidentId });
    expect(address).toMatch(/^replies\+[a-z2-7]{26}@example\.com$/);
    expect(await addressOf({ incidentId })).toBe(address);
    const others = await Promise.all([
      addressOf({ incidentId: otherId }),
      addressOf({ incidentId, userId: api.users.member }),
      addressOf({ incidentId, epoch: 2 }),
      addressOf({ incidentId, address: 'ann@example.com' }),
    ]);
    expect(new Set([address, ...others]).size).toBe(5);
  });

  it('is known in any case, and the store knows neither it nor whom it was sent to', async () => {
    const address = await addressOf({ incidentId: await openIncident() });
    await send({ to: address.toUpperCase() });
    expect(given.size).toBe(1);
    const { rows } = await api.database.pool.query<{ row: string }>('select reply_addresses::text as row from reply_addresses');
    const token = tokenIn(replyTo, address);
    expect(rows.filter(({ row }) => row.includes(token!) || row.includes('private'))).toEqual([]);
  });

  it('that is forged, altered, cut, or of another installation acts on nothing', async () => {
    const incidentId = await openIncident();
    const token = tokenIn(replyTo, await addressOf({ incidentId }))!;
    const elsewhere = createSecretBox({ key: 'the key of another installation', oldKeys: [] });
    const other = { incidentId, userId: api.users.staff, epoch: 1, providerId, address: 'ann@example.com' };
    const foreign = await replyAddressFor({ pool: api.database.pool, secrets: elsewhere, replyTo }, other);
    await api.database.pool.query('delete from reply_addresses where token_hash = $1', [tokenHash(tokenIn(replyTo, foreign)!)]);
    const letters = 'abcdefghijklmnopqrstuvwxyz234567018-_'.split('');
    const altered = fc
      .tuple(fc.nat({ max: token.length - 1 }), fc.constantFrom(...letters))
      .map(([at, letter]) => token.slice(0, at) + letter + token.slice(at + 1))
      .filter((one) => one !== token);
    const forged = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 40 }).map((some) => some.join(''));
    const cut = fc.nat({ max: token.length - 1 }).map((length) => token.slice(0, length));
    const address = fc.oneof(altered, forged, cut, fc.constant(`${token}${token}`)).map((one) => `replies+${one}@example.com`);
    const misplaced = fc.constantFrom(
      `replies+${token}@example.com.evil.test`,
      `other+${token}@example.com`,
      `${token}@example.com`,
      foreign,
    );
    const receive = createReceiveMail({ ...api.deps, settings: { replyTo, authservId: 'mx.example.com' } });
    await fc.assert(
      fc.asyncProperty(fc.oneof(address, misplaced), async (to) => {
        expect(['not_an_answer', 'unknown_address']).toContain(await receive(Buffer.from(write({ to }))));
        expect(given.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('without a server that vouches', () => {
  it('the address is enough for a comment, and not for a command, which its person is told', async () => {
    const receive = createReceiveMail({ ...api.deps, settings: { replyTo, authservId: null } });
    const to = await addressOf({ incidentId: await openIncident() });
    expect(await receive(Buffer.from(write({ to, results: null, text: 'ack' })))).toBe('refused');
    expect([given.size, mailbox.mails[0]?.text]).toEqual([0, expect.stringContaining('cannot check who sent a command')]);
    expect(await receive(Buffer.from(write({ to, results: null, text: 'It was the disk' })))).toBe('applied');
    expect(await receive(Buffer.from(write({ to, results: null, text: 'Mine', from: 'eve@evil.test' })))).toBe('other_sender');
    expect([...given.values()].map(({ body }) => body.kind)).toEqual(['comment']);
  });
});

describe('the hook', () => {
  it.each([{}, { Authorization: 'Bearer a secret of another server' }, { Authorization: hookSecret }, { Authorization: 'Bearer ' }])(
    'is closed to %j',
    async (headers) => {
      const answer = await post(write({ to: await addressOf({ incidentId: await openIncident() }) }), headers as Record<string, string>);
      expect(answer.status).toBe(401);
      expect(JSON.stringify(answer.body)).not.toContain(hookSecret);
      expect(given.size).toBe(0);
    },
  );

  it('takes a mail up to 1 MiB', async () => {
    const to = await addressOf({ incidentId: await openIncident() });
    expect((await post(write({ to, text: `ack\r\n${'x'.repeat(1024 * 1024)}` }))).status).toBe(413);
    expect(given.size).toBe(0);
  });

  it('takes what is no mail, since its server has nobody to tell', async () => {
    expect((await post('\0\0\0')).status).toBe(202);
  });

  it('is not there where it is not set up', async () => {
    const without = await startApi({ config: readConfig({ IMAS_BASE_URL: baseUrl }) });
    const headers = { Authorization: `Bearer ${hookSecret}` };
    expect((await without.request('POST', '/api/v1/mail/inbound/', { as: 'nobody', raw: 'x', headers })).status).toBe(404);
    await without.close();
  });
});
