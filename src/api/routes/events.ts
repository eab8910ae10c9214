import { createRoute, z } from '@hono/zod-openapi';
import { stream } from 'hono/streaming';
import { type ChangeFeed, createChangeFeed, type FeedEvent } from '../change-feed.ts';
import type { ApiDeps } from '../deps.ts';
import { problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

/** Proxies cut what is silent for a minute, some after 30 s. */
const heartbeatMs = 15_000;
/** A stream ends by itself after this, the browser connects again at once, and its session is looked at anew. */
const longestMs = 10 * 60_000;

const events = createRoute({
  method: 'get',
  path: '/',
  tags: ['events'],
  summary: 'What changes, as server-sent events',
  description:
    '`change` names an incident that has changed: `{"incident","short_id","sequence"}`; read it again. `reset` says that something may have been missed: read everything again. `Last-Event-ID` continues where a stream was cut.',
  request: { headers: z.object({ 'last-event-id': z.string().max(100).optional() }) },
  responses: { 200: { description: 'The stream.', content: { 'text/event-stream': { schema: z.string() } } }, ...problems(401) },
});

/** Mounted at /api/v1/events, behind authentication. */
export function createEventRoutes(deps: Pick<ApiDeps, 'database' | 'log'>, feed: ChangeFeed = feedOf(deps)) {
  const router = createRouter();
  router.openapi(events, (c) => {
    c.header('Content-Type', 'text/event-stream');
    c.header('Cache-Control', 'no-store, no-transform');
    // nginx would hold the events back until its buffer is full.
    c.header('X-Accel-Buffering', 'no');
    const lastEventId = c.req.valid('header')['last-event-id'] ?? null;
    const { signal } = c.req.raw;
    return stream(c, async (out) => {
      const reader = feed.read(lastEventId);
      const endAtMs = Date.now() + longestMs;
      out.onAbort(() => reader.close());
      signal.addEventListener('abort', () => reader.close());
      try {
        await out.write(`retry: 1000\nid: ${feed.position}\n\n`);
        while (!out.aborted && !signal.aborted && Date.now() < endAtMs) {
          const batch = await reader.next(heartbeatMs);
          // Awaited, so that a reader that does not take its events makes no queue here but in the feed, which is bounded.
          await out.write(batch.length === 0 ? ': still here\n\n' : batch.map(frameOf).join(''));
        }
      } finally {
        reader.close();
      }
    });
  });
  return router;
}

function feedOf({ database, log }: Pick<ApiDeps, 'database' | 'log'>): ChangeFeed {
  const { connectionString } = database.pool.options;
  return createChangeFeed(connectionString === undefined ? {} : { connectionString }, log);
}

const frameOf = (event: FeedEvent): string =>
  `id: ${event.id}\nevent: ${event.type}\ndata: ${event.type === 'change' ? JSON.stringify(event.change) : '{}'}\n\n`;
