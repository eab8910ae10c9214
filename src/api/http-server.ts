import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Webhooks } from './routes/webhooks.ts';
import { belowBasePath } from './base-path.ts';
import { createWebhookListener } from './webhook-listener.ts';

/** Milliseconds. */
export interface HttpLimits {
  /** For all headers of a request to be there. */
  readonly headersMs: number;
  /** For a whole request to be there: 1 MiB at 280 kbit/s. An answer, such as a stream of events, may take as long as it takes. */
  readonly requestMs: number;
  /** How often these are looked at. */
  readonly checkMs: number;
}

const limits: HttpLimits = { headersMs: 10_000, requestMs: 30_000, checkMs: 2_000 };

/**
 * Who sends slowly is cut off with 408 (Node's own times are 60 s and 300 s). Node refuses the rest by itself: headers of more
 * than 16 KiB with 431, two lengths, a length beside chunks, and line ends that others might read differently with 400.
 */
export const createHttpServer = (
  {
    fetch,
    webhooks,
    basePath = '',
  }: { readonly fetch: Parameters<typeof getRequestListener>[0]; readonly webhooks: Webhooks; readonly basePath?: string },
  { headersMs, requestMs, checkMs }: HttpLimits = limits,
): Server =>
  createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      requireHostHeader: true,
      insecureHTTPParser: false,
    },
    belowBasePath(basePath, createWebhookListener(webhooks, getRequestListener(fetch))),
  );
