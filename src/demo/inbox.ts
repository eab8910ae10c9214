import type { Pool } from 'pg';

/** What would have been sent, had the demo an account anywhere. */
export interface InboxMessage {
  readonly channel: 'mail' | 'webhook';
  /** Message-ID or webhook id: the same when an attempt was repeated. */
  readonly messageKey: string | null;
  readonly recipient: string;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | null;
  readonly html: string | null;
  readonly body: unknown;
}

/** The newest ones are kept: a demo left running does not fill the disk. */
const keptMessages = 2_000;

/** A text column of Postgres takes no NUL. */
const storable = (text: string): string => text.replaceAll('\0', '');

export async function keepMessage(pool: Pool, message: InboxMessage): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into inbox_messages (channel, message_key, recipient, subject, headers, text, html, body) values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [
      message.channel,
      message.messageKey,
      storable(message.recipient),
      storable(message.subject),
      storable(JSON.stringify(message.headers).replaceAll('\\u0000', '')),
      message.text === null ? null : storable(message.text),
      message.html === null ? null : storable(message.html),
      message.body === null ? null : JSON.stringify(message.body).replaceAll('\\u0000', ''),
    ],
  );
  await pool.query('delete from inbox_messages where id <= $1::bigint - $2::bigint', [rows[0]?.id, keptMessages]);
}
