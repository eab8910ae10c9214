import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly messageId: string;
  readonly to: string;
  readonly subject: string;
  readonly atMs: number;
}

export interface ReceivedCall {
  /** `webhook-id` (standardwebhooks.com). */
  readonly id: string;
  readonly incidentId: string;
  readonly atMs: number;
}

/** People's mail server and a system that takes webhooks, outside of the installation: they live through everything. */
export interface Recipients {
  readonly mails: readonly ReceivedMail[];
  /** Everything that came; a recipient that honours the id keeps the first of each. */
  readonly calls: readonly ReceivedCall[];
  readonly smtpPort: number;
  readonly webhookUrl: string;
  close(): Promise<void>;
}

export async function startRecipients(): Promise<Recipients> {
  const mails: ReceivedMail[] = [];
  const calls: ReceivedCall[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(chunks)).then(({ messageId, subject }) => {
          const to = session.envelope.rcptTo.map(({ address }) => address).join();
          mails.push({ messageId: messageId ?? '', to, subject: subject ?? '', atMs: Date.now() });
          callback();
        }, callback);
      });
    },
  });
  // Who is killed while it sends breaks the connection; that is no trouble of the server's.
  smtp.on('error', () => undefined);
  smtp.listen(0, '127.0.0.1');
  await once(smtp.server, 'listening');
  const http = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as { incident_id?: string };
      calls.push({ id: String(request.headers['webhook-id']), incidentId: body.incident_id ?? '', atMs: Date.now() });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    mails,
    calls,
    smtpPort: (smtp.server.address() as AddressInfo).port,
    webhookUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook`,
    async close() {
      await new Promise<void>((resolve) => smtp.close(() => resolve()));
      http.closeAllConnections();
      http.close();
    },
  };
}
