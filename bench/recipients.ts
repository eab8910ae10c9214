import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSmtpServer } from './smtp-server.ts';

/** One page as it arrived. `atMs` by `performance.now()`, when the last byte was there. */
export interface Arrival {
  readonly by: 'mail' | 'webhook';
  readonly incidentId: string;
  readonly severity: string;
  readonly atMs: number;
}

/** A mail server and a webhook server that take every page and note when. */
export interface Recipients {
  readonly arrivals: readonly Arrival[];
  readonly smtpPort: number;
  readonly webhookUrl: string;
  /** Resolves when so many pages are there. @throws Error when they are not within that time */
  until(count: number, withinMs: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startRecipients(): Promise<Recipients> {
  const arrivals: Arrival[] = [];
  let wake = (): void => undefined;
  const arrived = (arrival: Arrival): void => {
    arrivals.push(arrival);
    wake();
  };
  const webhooks = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const body = JSON.parse(text) as { incident_id: string; severity: string };
      arrived({ by: 'webhook', incidentId: body.incident_id, severity: body.severity, atMs: performance.now() });
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(webhooks, 'listening');
  const mails = await startSmtpServer((text) => {
    const incidentId = /^X-Entity-Ref-ID: (\S+)/im.exec(text)?.[1] ?? '';
    arrived({ by: 'mail', incidentId, severity: /SEV\d_[A-Z]+/.exec(text)?.[0] ?? '', atMs: performance.now() });
  });
  return {
    arrivals,
    smtpPort: mails.port,
    webhookUrl: `http://127.0.0.1:${(webhooks.address() as AddressInfo).port}/page`,
    async until(count, withinMs) {
      const deadline = setTimeout(() => wake(), withinMs);
      const startedAtMs = performance.now();
      while (arrivals.length < count) {
        if (performance.now() - startedAtMs > withinMs) throw new Error(`${arrivals.length} of ${count} pages within ${withinMs} ms`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
      clearTimeout(deadline);
    },
    async stop() {
      webhooks.closeAllConnections();
      webhooks.close();
      await new Promise<void>((resolve) => mails.server.close(() => resolve()));
    },
  };
}
