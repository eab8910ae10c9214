import { createRoute, z } from '@hono/zod-openapi';
import { stream } from 'hono/streaming';
import { type ChangeFeed, createChangeFeed, type FeedEvent } from '../change-feed.ts';
import type { ApiDeps } from '../deps.ts';
import { createOpenStreams, type OpenStream } from '../open-streams.ts';
import { problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

/** Proxies cut what is silent for a minute, some after 30 s. */
const heartbeatMs = 15_000;
/** A stream ends by itself after this, and the browser connects again at once: so streams move to processes that are new. */
const longestMs = 10 * 60_000;
/** A stream that others of the same user took the place of comes back after this, and takes the place of another. */
const replacedRetryMs = 60_000;

const events = createRoute({
  method: 'get',
  path: '/',
  tags: ['events'],
  summary: 'Stream changes',
  description:
    'Streams server-sent events. `change` names an incident that has changed, for example `{"incident": "<uuid>", "short_id": "INC-A1B2C3", "sequence": 7}`: fetch it again. `reset` means that events may have been missed: fetch everything again. Send `Last-Event-ID` to resume. A stream ends after 10 minutes, or when the sign-in that opened it ends; browsers reconnect by themselves. A user can have 20 streams per process; opening another ends the oldest.',
  request: {
    headers: z.object({
      'last-event-id': z.string().max(100).optional().openapi({ description: 'The id of the last event you received.' }),
    }),
  },
  responses: {
    200: {
      description: 'The stream, open for up to 10 minutes, with a comment every 15 seconds to keep it alive.',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...problems(401),
  },
});

/** Mounted at /api/v1/events, behind authentication. */
export function createEventRoutes(deps: Pick<ApiDeps, 'database' | 'log'>, feed: ChangeFeed = feedOf(deps)) {
  const router = createRouter();
  const streams = createOpenStreams(deps.database.pool, deps.log);
  router.openapi(events, (c) => {
    c.header('Content-Type', 'text/event-stream');
    c.header('Cache-Control', 'no-store, no-transform');
    // nginx would hold the events back until its buffer is full.
    c.header('X-Accel-Buffering', 'no');
    const lastEventId = c.req.valid('header')['last-event-id'] ?? null;
    const { signal } = c.req.raw;
    const { userId, tokenId } = c.get('signedIn');
    return stream(c, async (out) => {
      const reader = feed.read(lastEventId);
      const endAtMs = Date.now() + longestMs;
      let ended: Parameters<OpenStream['end']>[0] | null = null;
      const remove = streams.add({
        userId,
        tokenId,
        end(reason) {
          ended = reason;
          reader.close();
        },
      });
      const isOver = (): boolean => ended !== null || out.aborted || signal.aborted || Date.now() >= endAtMs;
      out.onAbort(() => reader.close());
      signal.addEventListener('abort', () => reader.close());
      try {
        await out.write(`retry: 1000\nid: ${feed.position}\n\n`);
        while (!isOver()) {
          const batch = await reader.next(heartbeatMs);
          if (isOver()) break;
          // Awaited, so that a reader that does not take its events makes no queue here but in the feed, which is bounded.
          await out.write(batch.length === 0 ? ': still here\n\n' : batch.map(frameOf).join(''));
        }
        if (ended === 'replaced') await out.write(`retry: ${replacedRetryMs}\n\n`);
      } finally {
        remove();
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
