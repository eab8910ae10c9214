import { Client } from 'pg';
import type { Logger } from 'pino';

const reconnectAfterMs = 1_000;

export interface Listener {
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly databaseUrl: string;
  readonly channel: string;
  readonly onNotice: (payload: string) => void;
  /** The connection was lost and is back: notices in between are gone. */
  readonly onGap?: () => void;
  readonly log: Logger;
}

/** Hears a Postgres channel on a connection of its own, and connects again when it breaks. */
export function listen({ databaseUrl, channel, onNotice, onGap, log }: ListenOptions): Listener {
  let closed = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let hadGap = false;

  async function connect(): Promise<void> {
    const fresh = new Client({
      connectionString: databaseUrl,
      application_name: 'imas-listen',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client = fresh;
    let lost = false;
    const onLost = (error?: Error): void => {
      if (lost || closed) return;
      lost = true;
      hadGap = true;
      log.warn({ err: error, channel }, 'lost the connection that listens for changes');
      void fresh.end().catch(() => undefined);
      timer = setTimeout(() => void connect(), reconnectAfterMs);
    };
    fresh.on('error', onLost);
    fresh.on('end', () => onLost());
    fresh.on('notification', ({ payload }) => onNotice(payload ?? ''));
    try {
      await fresh.connect();
      await fresh.query(`listen ${channel}`);
      if (hadGap) onGap?.();
      hadGap = false;
    } catch (error) {
      onLost(error instanceof Error ? error : new Error(String(error)));
    }
  }

  const started = connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await started;
      await client?.end().catch(() => undefined);
    },
  };
}
