import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

const certificate = (name: string): string => readFileSync(new URL(`../certificates/${name}`, import.meta.url), 'utf8');

export const trustedAuthority = certificate('authority.pem');
/** Whose certificate the server shows. */
export const mailHost = 'mail.example.test';

export interface ReceivedMail {
  readonly raw: string;
  readonly email: Email;
  readonly from: string;
  readonly to: readonly string[];
  readonly encrypted: boolean;
  readonly user: string | null;
}

export interface MailServer {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  close(): Promise<void>;
}

export interface MailServerRules extends Partial<SMTPServerOptions> {
  /** Null: anyone may send, and no login is offered. */
  readonly login?: { readonly user: string; readonly pass: string } | null;
}

export const smtpError = (responseCode: number, message: string): Error & { responseCode: number } =>
  Object.assign(new Error(message), { responseCode });

/** A real SMTP server with STARTTLS and AUTH. `secure` makes it speak TLS from the start. */
export async function startMailServer({ login = null, ...options }: MailServerRules = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    key: certificate('server.key'),
    cert: certificate('server.pem'),
    authOptional: login === null,
    ...(login === null && { disabledCommands: ['AUTH'] }),
    disableReverseLookup: true,
    logger: false,
    onAuth({ username, password }, _session, callback) {
      if (login !== null && username === login.user && password === login.pass) callback(null, { user: username });
      else callback(smtpError(535, `5.7.8 Username and Password not accepted: ${password}`));
    },
    onData(stream, session, callback) {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
        const raw = Buffer.concat(chunks).toString('utf8');
        mails.push({
          raw,
          email: await PostalMime.parse(raw),
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          encrypted: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
        });
        callback(null, '2.0.0 Ok: queued as 4F2');
      })();
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
