import { z } from 'zod';
import { shown } from './chat.ts';
import { byKind, channelOf, isMember, type App, type Method } from './method.ts';
import { refuse } from './refusal.ts';
import type { Channel, Message } from './workspace.ts';

const bool = z.enum(['true', 'false']);
const reading = byKind({ public: 'channels:history', private: 'groups:history', im: 'im:history' });
const takes = (shape: z.ZodRawShape): Method['takes'] => z.strictObject(shape) as unknown as Method['takes'];

interface Window {
  readonly [name: string]: string | undefined;
}

/** Newest first; only what is after `oldest`. */
function pageOf(app: App, messages: readonly Message[], { oldest = '0', limit = '100', cursor, include_all_metadata }: Window) {
  const from = cursor === undefined ? 0 : Number(cursor.replace('next:', ''));
  const some = messages.filter(({ ts }) => Number(ts) > Number(oldest));
  const next = from + Number(limit);
  return {
    messages: some.slice(from, next).map((message) => shown(app, message, include_all_metadata === 'true')),
    has_more: next < some.length,
    response_metadata: { next_cursor: next < some.length ? `next:${next}` : '' },
  };
}

const window = {
  channel: z.string(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .optional(),
  cursor: z.string().optional(),
  oldest: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .optional(),
  latest: z.string().optional(),
  inclusive: bool.optional(),
  include_all_metadata: bool.optional(),
};

/** "Only user tokens can access public channels they are not in." */
function readable(app: App, id: string | undefined): Channel {
  const channel = channelOf(app, id);
  return isMember(app, channel) ? channel : refuse('not_in_channel');
}

/** What was written: newest first in a channel, oldest first in a thread. */
export const history: Readonly<Record<string, Method>> = {
  'conversations.history': {
    token: 'bot',
    scopes: reading,
    takes: takes(window),
    run: (args, app) =>
      pageOf(
        app,
        readable(app, args['channel'])
          .messages.filter(({ threadTs }) => threadTs === null)
          .toReversed(),
        args,
      ),
  },
  'conversations.replies': {
    token: 'bot',
    scopes: reading,
    takes: takes({ ...window, ts: z.string() }),
    run(args, app) {
      const { messages } = readable(app, args['channel']);
      if (!messages.some(({ ts }) => ts === args['ts'])) refuse('thread_not_found');
      return pageOf(
        app,
        messages.filter(({ ts, threadTs }) => ts === args['ts'] || threadTs === args['ts']),
        args,
      );
    },
  },
};
