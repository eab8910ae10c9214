import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly email: Email;
}

/** A real SMTP server that keeps what it gets, and can be told to refuse. */
export class Mailbox {
  readonly mails: Mail[] = [];
  /** The answer to a recipient: null accepts, else an SMTP reply like `450 4.2.0 try later`. */
  refuse: (recipient: string) => string | null = () => null;
  private readonly arrivals = new EventEmitter();
  private readonly server: SMTPServer;

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      logger: false,
      onRcptTo: ({ address }, _session, callback) => {
        const refusal = this.refuse(address);
        if (refusal === null) return callback();
        callback(Object.assign(new Error(refusal.slice(4)), { responseCode: Number(refusal.slice(0, 3)) }));
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          void PostalMime.parse(Buffer.concat(chunks)).then((email) => {
            this.mails.push({
              to: session.envelope.rcptTo.map(({ address }) => address),
              subject: email.subject ?? '',
              text: email.text ?? '',
              html: email.html ?? '',
              messageId: email.messageId ?? '',
              email,
            });
            callback();
            this.arrivals.emit('mail');
          }, callback);
        });
      },
    });
  }

  static async start(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    mailbox.server.listen(0, '127.0.0.1');
    await once(mailbox.server.server, 'listening');
    return mailbox;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  /** Config of an SMTP provider that sends here. */
  get providerConfig(): object {
    return { host: '127.0.0.1', port: this.port, use_tls: false, from_email: 'imas@example.com' };
  }

  /** The n-th mail to this address, from 1; waits for it. */
  async nth(n: number, address: string, withinMs = 10_000): Promise<Mail> {
    const deadline = AbortSignal.timeout(withinMs);
    for (;;) {
      const mail = this.to(address)[n - 1];
      if (mail !== undefined) return mail;
      await once(this.arrivals, 'mail', { signal: deadline }).catch(() => {
        throw new Error(
          `mail ${n} to ${address} did not arrive; there are: ${this.mails.map(({ to, subject }) => `${to.join()}: ${subject}`).join(' | ') || 'none'}`,
        );
      });
    }
  }

  to(address: string): Mail[] {
    return this.mails.filter(({ to }) => to.includes(address));
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
