import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Pool } from 'pg';
import { keepMessage } from './inbox.ts';

/** Of the request's headers only these are kept: others may hold a credential. */
const keptHeaders = ['content-type', 'user-agent', 'idempotency-key', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** Where sample webhook providers point, below `/demo/inbox/webhook`: keeps every body, whatever it is, and answers 202. */
export function createDemoWebhookSink({ pool }: { readonly pool: Pool }): Hono {
  const sink = new Hono();
  sink.on(['POST', 'PUT', 'PATCH'], ['/', '/*'], bodyLimit({ maxSize: 256 * 1024 }), async (c) => {
    const text = await c.req.text();
    const body = parse(text);
    await keepMessage(pool, {
      channel: 'webhook',
      messageKey: c.req.header('webhook-id') ?? c.req.header('idempotency-key') ?? null,
      recipient: new URL(c.req.url).pathname,
      subject: subjectOf(body),
      headers: Object.fromEntries(
        keptHeaders.map((name) => [name, c.req.header(name)]).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      text,
      html: null,
      body: body ?? null,
    });
    return c.json({ kept: true }, 202);
  });
  return sink;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What our own formats call it; any other body is shown as it is. */
function subjectOf(body: unknown): string {
  const fields = (value: unknown): Record<string, unknown> =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const top = fields(body);
  const incident = fields(fields(top['data'])['incident']);
  const event = typeof top['event'] === 'string' ? `${top['event']}: ` : '';
  const title = [incident['title'], top['title'], top['summary'], fields(top['payload'])['summary'], top['message'], top['text']].find(
    (text) => typeof text === 'string',
  );
  return title === undefined ? 'Webhook' : `${event}${String(title).slice(0, 300)}`;
}
