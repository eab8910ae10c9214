import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Pool } from 'pg';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { keepMessage } from './inbox.ts';

export interface MailCatcher {
  readonly port: number;
  close(): Promise<void>;
}

const loopback = '127.0.0.1';
const maxMailBytes = 5 * 1024 * 1024;

/** Takes every mail and keeps it; sends none on. On the loopback only, in plain text; a busy port gives way to a free one. */
export async function startMailCatcher({
  pool,
  port,
  log,
}: {
  readonly pool: Pool;
  readonly port: number;
  readonly log: Logger;
}): Promise<MailCatcher> {
  const listen = (wanted: number): Promise<MailCatcher> => listenAt(createServer(pool, log), wanted);
  try {
    return await listen(port);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    const catcher = await listen(0);
    log.info({ wanted: port, port: catcher.port }, 'the port of the demo inbox is in use; using another');
    return catcher;
  }
}

function createServer(pool: Pool, log: Logger): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: maxMailBytes,
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      takeMail(pool, stream, recipients).then(
        (kept) => (kept ? done(null, 'Kept in the inbox') : done(smtpError(552, 'The mail is too big for the inbox.'))),
        (error: unknown) => {
          log.warn({ err: error }, 'the demo inbox could not store a mail');
          done(smtpError(451, 'The inbox cannot keep it now.'));
        },
      );
    },
  });
}

/** False for a mail that is too big. */
async function takeMail(pool: Pool, stream: Readable, recipients: readonly string[]): Promise<boolean> {
  const raw = await readAll(stream);
  if (raw === null) return false;
  await keepMail(pool, raw, recipients);
  return true;
}

/** Null for more than the limit, read to its end: the server speaks only then. */
async function readAll(stream: Readable): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxMailBytes) chunks.push(chunk);
  }
  return size <= maxMailBytes ? Buffer.concat(chunks) : null;
}

async function keepMail(pool: Pool, raw: Buffer, recipients: readonly string[]): Promise<void> {
  const mail = await PostalMime.parse(raw);
  for (const recipient of recipients) {
    await keepMessage(pool, {
      channel: 'mail',
      messageKey: mail.messageId ?? null,
      recipient,
      subject: mail.subject ?? '',
      headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
      text: mail.text ?? null,
      html: mail.html ?? null,
      body: null,
    });
  }
}

function listenAt(server: SMTPServer, port: number): Promise<MailCatcher> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, () => {
      server.removeListener('error', reject);
      // A client that goes away in the middle is no concern of ours; an unheard 'error' would end the process.
      server.on('error', () => undefined);
      resolve({
        port: (server.server.address() as AddressInfo).port,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}

const smtpError = (responseCode: number, message: string): Error & { responseCode: number } =>
  Object.assign(new Error(message), { responseCode });
