import pino from 'pino';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { InboxSettings } from '../../src/mail-answer-settings.ts';
import { startMailboxWatch, type MailboxWatch, type WatchDeps } from '../../src/mailbox/watch-mailbox.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { mailHost, startImapServer, trustedAuthority, type ImapRules, type ImapServer } from './imap-server.ts';

/** The mailbox that answers arrive in, behind a server of IMAP. What comes of a mail is tested elsewhere. */
const login = { user: 'replies@example.com', pass: 'horse battery' };
let database: TestDatabase;
const servers: ImapServer[] = [];
const watches: MailboxWatch[] = [];
const taken: string[] = [];
const logged: string[] = [];
const metrics = createMetrics();

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.stop();
  for (const server of servers.splice(0)) await server.close();
  taken.length = 0;
  logged.length = 0;
});

async function serve(rules: Partial<ImapRules> = {}): Promise<ImapServer> {
  const server = await startImapServer(login, rules);
  servers.push(server);
  return server;
}

const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
const waits = { connect: 1_000, silence: 1_000, poll: 60_000, again: 20, againAtMost: 200, lock: 50 };
const door = createEgress({ allow: ['127.0.0.1'], lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) });

function watch(
  server: ImapServer,
  { inbox = {}, ...more }: Partial<Omit<WatchDeps, 'inbox'>> & { inbox?: Partial<InboxSettings> } = {},
): MailboxWatch {
  const started = startMailboxWatch({
    pool: database.pool,
    metrics,
    door,
    log,
    trusted: trustedAuthority,
    waits,
    async receive(raw) {
      taken.push(Buffer.from(raw).toString());
      return 'applied';
    },
    ...more,
    inbox: { host: mailHost, port: server.port, security: 'tls', user: login.user, password: login.pass, folder: 'INBOX', ...inbox },
  });
  watches.push(started);
  return started;
}

async function until(what: string, holds: () => boolean, withinMs = 15_000): Promise<void> {
  const deadlineMs = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > deadlineMs) throw new Error(`${what}: not within ${withinMs} ms; log: ${logged.slice(-3).join('')}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const said = () => logged.map((line) => JSON.parse(line) as { msg: string; cause?: string; againInMs?: number });
const causes = () => said().flatMap(({ cause }) => cause ?? []);

describe('a mailbox', () => {
  it('gives what is unseen in it, then what comes, and each is seen from then on', async () => {
    const server = await serve();
    server.put('old', ['\\Seen']);
    const before = server.put('before');
    watch(server);
    await until('the first is seen', () => before.flags.has('\\Seen') && server.idling() === 1);
    const later = server.put('later');
    await until('the next is seen', () => later.flags.has('\\Seen') && server.idling() === 1);
    expect(taken).toEqual(['before', 'later']);
    expect(server.complaints).toEqual([]);
    expect(await metrics.text()).toContain('imas_mailbox_connected 1');
  });

  it('that tells nothing by itself is looked at now and then', async () => {
    const server = await serve({ withIdle: false });
    watch(server, { waits: { ...waits, poll: 30 } });
    await until('it is open', () => server.commands.includes('UID SEARCH'));
    const mail = server.put('later');
    await until('it is seen', () => mail.flags.has('\\Seen'));
    expect(server.commands).not.toContain('IDLE');
    expect(taken).toEqual(['later']);
  });

  it('is opened again when the connection breaks off', async () => {
    const server = await serve();
    watch(server);
    await until('it is open', () => server.idling() === 1);
    server.cut();
    await until('it is open again', () => server.opened === 2 && server.idling() === 1);
    const mail = server.put('later');
    await until('it is seen', () => mail.flags.has('\\Seen'));
    expect(causes()).toHaveLength(1);
  });

  it.each([
    ['greeted nobody', 'silent'],
    ['does not answer', 'silent_search'],
  ] as const)('whose server %s is given up, and tried again', async (_, mode) => {
    const server = await serve({ mode });
    const mail = server.put('patient');
    watch(server);
    await until('it was given up', () => causes().length > 0);
    server.state.mode = 'serve';
    await until('it is seen', () => mail.flags.has('\\Seen'));
  });

  it('that refuses the login is tried again after longer and longer waits, and nothing tells the password', async () => {
    const server = await serve({ mode: 'refuse_login' });
    const mail = server.put('patient');
    watch(server);
    await until('it was refused', () => causes().length >= 6);
    expect(new Set(causes())).toEqual(new Set(['LOGIN_REFUSED']));
    expect(
      said()
        .map(({ againInMs }) => againInMs)
        .slice(0, 6),
    ).toEqual([20, 40, 80, 160, 200, 200]);
    expect(logged.join('')).not.toContain(login.pass);
    expect(await metrics.text()).toContain('imas_mailbox_connected 0');
    server.state.mode = 'serve';
    await until('it is seen', () => mail.flags.has('\\Seen'));
  });

  it('that nothing can be marked in is not read', async () => {
    const server = await serve({ mode: 'read_only' });
    server.put('again and again');
    watch(server);
    await until('it was given up', () => causes().length >= 2);
    expect(new Set(causes())).toEqual(new Set(['READ_ONLY']));
    expect(taken).toEqual([]);
  });

  it('is not read where the door does not lead', async () => {
    const server = await serve();
    watch(server, { door: createEgress({ allow: [] }), inbox: { host: '127.0.0.1' } });
    await until('it was given up', () => causes().length > 0);
    expect(causes()[0]).toBe('cause.notAllowed');
    expect(server.opened).toBe(0);
  });

  it.each([
    ['nobody known has signed', { trusted: '' }, {}],
    ['is of another name', {}, { host: 'other.example.test' }],
  ])('whose certificate %s gets no password', async (_, more, inbox) => {
    const server = await serve();
    watch(server, { ...more, inbox });
    await until('it was given up', () => causes().length > 0);
    expect(server.commands).toEqual([]);
  });

  it('without STARTTLS gets no password in clear', async () => {
    const server = await serve();
    watch(server, { inbox: { security: 'starttls' } });
    await until('it was given up', () => causes().length > 0);
    expect(server.commands).toEqual([]);
  });
});

describe('a mail', () => {
  it('that could not be taken stays unseen, lets others pass, and is tried again', async () => {
    const server = await serve();
    const [first, second] = [server.put('first'), server.put('second')];
    let isAway = true;
    watch(server, {
      waits: { ...waits, poll: 30 },
      async receive(raw) {
        const text = Buffer.from(raw).toString();
        if (isAway && text === 'first') throw new Error('the store is away: secret words of the mail');
        taken.push(text);
        return 'applied';
      },
    });
    await until('the other is seen', () => second.flags.has('\\Seen'));
    expect(first.flags.has('\\Seen')).toBe(false);
    isAway = false;
    await until('it is seen', () => first.flags.has('\\Seen'));
    expect(taken).toEqual(['second', 'first']);
    expect(logged.join('')).not.toContain('secret words');
  });

  it('is handed on up to its limit', async () => {
    const server = await serve();
    const mail = server.put(Buffer.alloc(3 * 1024 * 1024, 'x'));
    watch(server);
    await until('it is seen', () => mail.flags.has('\\Seen'));
    expect(taken.map(({ length }) => length)).toEqual([1024 * 1024 + 1]);
  });

  it('that one process was at when it died is taken by another, which holds the lock alone', async () => {
    const server = await serve();
    const first = watch(server);
    await until('the first reads', () => server.idling() === 1);
    watch(server);
    const mail = server.put('once');
    await until('it is seen', () => mail.flags.has('\\Seen'));
    expect([taken, server.connected(), server.opened]).toEqual([['once'], 1, 1]);
    await first.stop();
    await until('the other reads', () => server.opened === 2 && server.idling() === 1);
    const next = server.put('then');
    await until('it is seen', () => next.flags.has('\\Seen'));
    expect(taken).toEqual(['once', 'then']);
  });
});
