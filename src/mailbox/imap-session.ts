import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ImapFlow } from 'imapflow';
import type { Logger } from 'pino';
import type { Egress } from '../egress/egress.ts';
import type { InboxSettings } from '../mail-answer-settings.ts';
import { causeOf } from './mailbox-cause.ts';
import { mostMailBytes } from './read-mail.ts';
import type { ReceiveMail } from './receive-mail.ts';

/** Milliseconds. */
export interface SessionWaits {
  readonly connect: number;
  /** A server that says nothing for so long while it is asked something is gone. */
  readonly silence: number;
  /** Between two looks where the server tells nothing of new mails by itself, or tells it too late. */
  readonly poll: number;
}

export interface SessionDeps {
  readonly door: Pick<Egress, 'resolve'>;
  readonly inbox: InboxSettings;
  /** PEM of more authorities to trust. */
  readonly trusted?: string;
  readonly waits: SessionWaits;
  readonly receive: ReceiveMail;
  readonly log: Logger;
  /** The mailbox is open. */
  onOpen(): void;
}

/**
 * Opens the mailbox, takes what is unseen in it, and what comes (IDLE, RFC 2177, with a look now and then), until the signal ends or the connection
 * does. What was taken is flagged `\Seen`, whatever came of it; what could not be taken, since the store was away, is tried again in the next look.
 * Connects to the very address that the door has checked, and verifies the name.
 * @throws what broke it
 */
export async function readMailbox(deps: SessionDeps, signal: AbortSignal): Promise<void> {
  const client = await createClient(deps);
  const ended = new AbortController();
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  client.on('error', (error) => broken.reject(error));
  client.on('close', () => broken.reject(Object.assign(new Error('The connection was closed.'), { code: 'CLOSED' })));
  const end = (): void => client.close();
  signal.addEventListener('abort', end, { once: true });
  const either = AbortSignal.any([signal, ended.signal]);
  let looking: Promise<void> | null = null;
  try {
    signal.throwIfAborted();
    await Promise.race([open(client, deps), broken.promise]);
    while (!signal.aborted) {
      looking = look(client, deps, either);
      await Promise.race([looking, broken.promise]);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
    client.close();
    ended.abort();
    // It may be at a mail.
    await looking?.catch(() => undefined);
  }
}

async function createClient({ door, inbox, trusted, waits }: SessionDeps): Promise<ImapFlow> {
  const { address } = await door.resolve(inbox.host);
  const { ImapFlow: Client } = await import('imapflow');
  const isName = isIP(inbox.host) === 0;
  return new Client({
    host: address,
    port: inbox.port,
    secure: inbox.security === 'tls',
    ...(inbox.security === 'starttls' && { doSTARTTLS: true }),
    ...(isName && { servername: inbox.host }),
    tls: { ...(isName && { servername: inbox.host }), ...(trusted !== undefined && { ca: trusted }), minVersion: 'TLSv1.2' },
    auth: { user: inbox.user, pass: inbox.password },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: waits.connect,
    greetingTimeout: waits.connect,
    socketTimeout: waits.silence,
    // A mail is fetched up to its limit; nothing else is as large.
    maxLineLength: mostMailBytes,
    maxLiteralSize: 2 * mostMailBytes,
    maxResponseSize: 4 * mostMailBytes,
  });
}

async function open(client: ImapFlow, { inbox, onOpen }: SessionDeps): Promise<void> {
  await client.connect();
  const { readOnly } = await client.mailboxOpen(inbox.folder);
  // Nothing could be marked as taken: it would be taken for ever.
  if (readOnly === true) throw Object.assign(new Error('The mailbox is read-only.'), { code: 'READ_ONLY' });
  onOpen();
}

/** Takes what is unseen, then waits until there may be more. */
async function look(client: ImapFlow, deps: SessionDeps, signal: AbortSignal): Promise<void> {
  const waiting = new AbortController();
  const told = Promise.withResolvers<void>();
  // From before the search on: what comes during it is told, too.
  client.on('exists', told.resolve);
  try {
    const unseen = await client.search({ seen: false }, { uid: true });
    if (!Array.isArray(unseen)) throw Object.assign(new Error('The mailbox cannot be searched.'), { code: 'SEARCH_REFUSED' });
    for (const uid of unseen) {
      if (signal.aborted) return;
      await take(client, uid, deps);
    }
    void client.idle().catch(() => undefined);
    const rest = delay(deps.waits.poll, undefined, { signal: AbortSignal.any([waiting.signal, signal]), ref: false });
    await Promise.race([told.promise, rest.catch(() => undefined)]);
  } finally {
    client.off('exists', told.resolve);
    waiting.abort();
  }
}

async function take(client: ImapFlow, uid: number, { receive, log }: SessionDeps): Promise<void> {
  // One byte more than is read shows that there is more.
  const mail = await client.fetchOne(String(uid), { source: { maxLength: mostMailBytes + 1 } }, { uid: true });
  // Somebody else has deleted it.
  if (mail === false || mail.source === undefined) return;
  try {
    await receive(mail.source);
  } catch (error) {
    log.warn({ cause: causeOf(error), uid }, 'a mail could not be taken; it stays unseen and is tried again');
    return;
  }
  const isFlagged = await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
  if (!isFlagged) throw Object.assign(new Error('The mail cannot be flagged.'), { code: 'STORE_REFUSED' });
}
