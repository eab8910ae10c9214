import type { Logger } from 'pino';
import type { Pool } from 'pg';
import type { Config } from '../config.ts';
import { demoMail } from '../embedded/sample-data.ts';
import { startMailCatcher } from './mail-catcher.ts';

export interface DemoInbox {
  readonly smtpPort: number;
  /** Where the mail provider of the sample data sends to. */
  readonly smtpUrl: string;
  /** Where a webhook provider may send to; the API serves it. */
  readonly webhookUrl: string;
  close(): Promise<void>;
}

export interface DemoInboxOptions {
  readonly pool: Pool;
  readonly config: Pick<Config, 'baseUrl' | 'demoSmtpPort'>;
  readonly log: Logger;
}

/** Starts the inbox's mail server and points the sample mail provider at it, unless people have edited that. */
export async function startDemoInbox({ pool, config, log }: DemoInboxOptions): Promise<DemoInbox> {
  const catcher = await startMailCatcher({ pool, port: config.demoSmtpPort, log });
  await pool.query(
    `update providers set config = config || jsonb_build_object('port', $2::int)
     where name = $1 and type = 'SMTP' and updated_at = created_at and config -> 'port' is distinct from to_jsonb($2::int)`,
    [demoMail, catcher.port],
  );
  return {
    smtpPort: catcher.port,
    smtpUrl: `smtp://127.0.0.1:${catcher.port}`,
    webhookUrl: `${config.baseUrl}/demo/inbox/webhook`,
    close: () => catcher.close(),
  };
}
