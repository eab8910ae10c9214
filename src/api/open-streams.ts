import type { Pool } from 'pg';
import type { Logger } from 'pino';

/** One event stream, and by what it was opened. */
export interface OpenStream {
  readonly userId: string;
  readonly tokenId: string;
  /** Called once, at most. `signed out`: its token or its user is no longer good. `replaced`: its user opened too many after it. */
  end(reason: 'signed out' | 'replaced'): void;
}

/** The event streams of this process. */
export interface OpenStreams {
  /** Returns what to call when it is over. */
  add(stream: OpenStream): () => void;
}

/** A browser needs one for all its tabs (a secure origin), or one a tab; a phone that lost its network leaves some behind. */
export const mostStreamsPerUser = 20;
/** One statement for all streams, so that whoever is signed out hears nothing a second later. */
const lookEveryMs = 400;

export function createOpenStreams(pool: Pool, log: Logger): OpenStreams {
  // In the order in which they came.
  const streams = new Set<OpenStream>();
  let timer: NodeJS.Timeout | undefined;

  function end(stream: OpenStream, reason: Parameters<OpenStream['end']>[0]): void {
    if (streams.delete(stream)) stream.end(reason);
  }

  async function look(): Promise<void> {
    const looked = [...streams];
    const { rows } = await pool.query<{ id: string }>(
      `select t.id from tokens t join users u on u.id = t.user_id
       where t.id = any($1) and u.is_active and (t.expires_at is null or t.expires_at > now())`,
      [[...new Set(looked.map(({ tokenId }) => tokenId))]],
    );
    const good = new Set(rows.map(({ id }) => id));
    for (const stream of looked) if (!good.has(stream.tokenId)) end(stream, 'signed out');
  }

  function lookLater(): void {
    if (timer !== undefined || streams.size === 0) return;
    timer = setTimeout(() => {
      look()
        // While Postgres is away nobody is signed out, and nothing is told either.
        .catch((error: unknown) => log.warn({ err: error }, 'whether those who follow events are still signed in could not be read'))
        .finally(() => {
          timer = undefined;
          lookLater();
        });
    }, lookEveryMs).unref();
  }

  return {
    add(stream) {
      const own = [...streams].filter(({ userId }) => userId === stream.userId);
      for (const oldest of own.slice(0, Math.max(0, own.length - mostStreamsPerUser + 1))) end(oldest, 'replaced');
      streams.add(stream);
      lookLater();
      return () => void streams.delete(stream);
    },
  };
}
