import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMailAnswerSettings, type MailAnswerSettings } from '../../src/mail-answer-settings.ts';
import { createReceiveMail } from '../../src/mailbox/receive-mail.ts';
import { startMailboxWatch } from '../../src/mailbox/watch-mailbox.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { startHouse, type House } from '../support/house.ts';
import type { Mail } from '../support/mailbox.ts';
import { mailHost, startImapServer, trustedAuthority, type ImapServer } from './imap-server.ts';

/** From a page to its answer: real Postgres, Temporal and SMTP, and a mailbox behind IMAP. */
const login = { user: 'replies@example.com', pass: 'horse battery' };
let house: House;
let server: ImapServer;
let settings: MailAnswerSettings;
let [ann, bob, eve] = ['', '', ''];

beforeAll(async () => {
  server = await startImapServer(login);
  const read = readMailAnswerSettings({
    IMAS_MAIL_REPLY_ADDRESS: 'replies@example.com',
    IMAS_MAIL_INBOX: `imaps://replies%40example.com:horse%20battery@${mailHost}:${server.port}/INBOX`,
    IMAS_MAIL_AUTHSERV_ID: 'mx.example.com',
  });
  settings = read!;
  house = await startHouse({ mailAnswers: settings });
  [ann, bob, eve] = await Promise.all([house.person('ann'), house.person('bob'), house.person('eve')]);
}, 120_000);
afterAll(async () => {
  await house.stop();
  await server.close();
});

const log = pino({ level: 'silent' });
const receiver = () => createReceiveMail({ ...house, log, settings });
const user = (id: string) => ({ type: 'user', id }) as const;
const policy = () => ({
  levels: [{ targets: [user(ann)], delay_seconds: 1_800 }],
  repeat: 0,
  fallback: [user(eve), { type: 'provider', id: house.mailProviderId, address: 'everybody@example.com' } as const],
  acknowledged_timeout_seconds: 0,
});

async function opened(): Promise<{ id: string; shortId: string }> {
  const { incidentId } = await house.fire(await house.service(policy()));
  return { id: incidentId!, shortId: String((await house.incident(incidentId!))['short_id']) };
}

const mailsAbout = (shortId: string, to: string): Mail[] => house.mailbox.to(to).filter(({ subject }) => subject.includes(shortId));
async function mailAbout(shortId: string, to: string, nth = 1): Promise<Mail> {
  await house.until(`mail ${nth} to ${to}`, async () => mailsAbout(shortId, to).length >= nth, 20_000);
  return mailsAbout(shortId, to)[nth - 1]!;
}
const replyAddress = ({ email }: Mail): string | undefined => email.replyTo?.[0]?.address;

let count = 0;
const answer = (page: Mail, text: string): string =>
  [
    'Authentication-Results: mx.example.com; dmarc=pass header.from=example.com',
    'From: Ann <ann@example.com>',
    `To: ${replyAddress(page)}`,
    `Message-ID: <answer-${++count}@example.com>`,
    `In-Reply-To: ${page.messageId}`,
    '',
    text,
    '',
    'On Sat, Nov 28, 2026 at 10:02 AM IMAS <imas@example.com> wrote:',
    '> ack',
    '',
  ].join('\r\n');

describe('a page by mail', () => {
  it('can be answered: acknowledged, commented on and resolved', async () => {
    const { id, shortId } = await opened();
    const page = await mailAbout(shortId, 'ann@example.com');
    expect(replyAddress(page)).toMatch(/^replies\+[a-z2-7]{26}@example\.com$/);
    expect(page.text).toContain('Reply with “ack” or “resolve” alone on the first line');
    const receive = receiver();
    expect(await receive(Buffer.from(answer(page, 'ack')))).toBe('applied');
    expect(await house.incident(id)).toMatchObject({ status: 'ACKNOWLEDGED', acknowledged_by: 'ann' });
    expect(await receive(Buffer.from(answer(page, 'It was the disk.')))).toBe('applied');
    expect(await receive(Buffer.from(answer(page, 'Ack!')))).toBe('refused');
    expect(await receive(Buffer.from(answer(page, 'Résolu')))).toBe('applied');
    expect(await house.incident(id)).toMatchObject({ status: 'RESOLVED' });
    const entries = await house.timeline(id);
    expect(entries.map(({ message }) => message).join('\n')).toContain('It was the disk.');
    const told = house.mailbox.to('ann@example.com').filter(({ email }) => email.inReplyTo?.startsWith('<answer-'));
    expect(told.map(({ text }) => text.split('\n')[2])).toEqual([
      'Acknowledged',
      'Comment added',
      'Already acknowledged by ann.',
      'Resolved',
    ]);
  }, 60_000);

  it('asks for answers only at an address of one person’s own: not as fallback, nor where others read it', async () => {
    const { rows } = await house.database.pool.query<{ id: string }>(
      `insert into impact_scopes (name, emails) values ('Legal', '{legal@example.com}') returning id`,
    );
    const actor = { type: 'user', id: bob, name: 'bob', via: 'api' } as const;
    const about = { title: 'By hand', description: '', severity: 'SEV2_HIGH', assigneeId: null, actor } as const;
    const serviceId = await house.service(policy());
    const { shortId } = await house.incidents.open({ id: crypto.randomUUID(), ...about, serviceId, impactScopeIds: [rows[0]!.id] });
    expect(replyAddress(await mailAbout(shortId, 'ann@example.com'))).toBeDefined();
    expect(replyAddress(await mailAbout(shortId, 'legal@example.com'))).toBeUndefined();
    await house.wait('31m');
    for (const shared of ['eve@example.com', 'everybody@example.com']) {
      const mail = await mailAbout(shortId, shared);
      expect([shared, replyAddress(mail), mail.text.includes('Reply with')]).toEqual([shared, undefined, false]);
    }
  }, 60_000);

  it('of an escalation that is over does nothing to the next one', async () => {
    const { id, shortId } = await opened();
    const page = await mailAbout(shortId, 'ann@example.com');
    // Whom the incident knows to be told hears of its end.
    await house.untilSaid(id, 'ALERT_SENT');
    await house.command(id, { kind: 'resolve' });
    await house.untilStatus(id, 'RESOLVED');
    const end = await mailAbout(shortId, 'ann@example.com', 2);
    expect(replyAddress(end)).toBe(replyAddress(page));
    await house.command(id, { kind: 'reopen' });
    const again = await mailAbout(shortId, 'ann@example.com', 3);
    expect(replyAddress(again)).not.toBe(replyAddress(page));
    expect(await receiver()(Buffer.from(answer(page, 'ack')))).toBe('refused');
    expect(await house.incident(id)).toMatchObject({ status: 'TRIGGERED' });
    expect(await receiver()(Buffer.from(answer(again, 'ack')))).toBe('applied');
    expect(await house.incident(id)).toMatchObject({ status: 'ACKNOWLEDGED' });
  }, 60_000);
});

describe('an answer in the mailbox', () => {
  it('acts once, though the process died before it was marked, and is confirmed once', async () => {
    const { id, shortId } = await opened();
    const page = await mailAbout(shortId, 'ann@example.com');
    server.state.mode = 'cut_at_store';
    const mail = server.put(answer(page, 'ack'));
    const watch = startMailboxWatch({
      pool: house.database.pool,
      metrics: house.metrics,
      door: createEgress({ allow: ['127.0.0.1'], lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) }),
      inbox: settings.inbox!,
      trusted: trustedAuthority,
      log,
      receive: receiver(),
      waits: { again: 20, againAtMost: 50, lock: 50 },
    });
    await house.until('it was read twice', async () => server.commands.filter((verb) => verb === 'UID FETCH').length >= 2, 30_000);
    expect(mail.flags.has('\\Seen')).toBe(false);
    server.state.mode = 'serve';
    await house.until('it is seen', async () => mail.flags.has('\\Seen'), 30_000);
    await watch.stop();
    expect(await house.incident(id)).toMatchObject({ status: 'ACKNOWLEDGED', acknowledged_by: 'ann' });
    const { rows } = await house.database.pool.query(`select kind, actor ->> 'via' as via from commands where incident_id = $1`, [id]);
    expect(rows).toEqual([{ kind: 'acknowledge', via: 'mail' }]);
    const told = house.mailbox.to('ann@example.com').filter(({ subject }) => subject.startsWith(`Re: [${shortId}]`));
    expect(told).toHaveLength(1);
    expect(server.complaints).toEqual([]);
  }, 90_000);
});
