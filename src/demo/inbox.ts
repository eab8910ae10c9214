import type { Pool } from 'pg';

/** What would have been sent, had the demo an account anywhere. */
export interface InboxMessage {
  readonly id: number;
  readonly channel: 'mail' | 'webhook';
  /** Message-ID or webhook id: the same when an attempt was repeated. */
  readonly messageKey: string | null;
  readonly recipient: string;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | null;
  readonly html: string | null;
  readonly body: unknown;
  /** RFC 3339. */
  readonly receivedAt: string;
}

/** The newest ones are kept: a demo left running does not fill the disk. */
const keptMessages = 2_000;

/** A text column of Postgres takes no NUL. */
const storable = (text: string): string => text.replaceAll('\0', '');

export async function keepMessage(pool: Pool, message: Omit<InboxMessage, 'id' | 'receivedAt'>): Promise<void> {
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

export interface InboxQuery {
  /** 1 to 200. */
  readonly limit: number;
  /** Only those older than the message of this id; null for the newest. */
  readonly before: number | null;
  /** Found in recipient, subject or text, whatever the case; null for all. */
  readonly search: string | null;
}

/** Newest first. */
export async function listInbox(pool: Pool, { limit, before, search }: InboxQuery): Promise<readonly InboxMessage[]> {
  const { rows } = await pool.query<Row>(
    `select ${columns} from inbox_messages
     where ($2::bigint is null or id < $2) and ($3::text is null or position(lower($3) in lower(recipient || ' ' || subject || ' ' || coalesce(text, body::text, ''))) > 0)
     order by id desc limit $1`,
    [Math.min(Math.max(limit, 1), 200), before, search],
  );
  return rows.map(toMessage);
}

/** Null when there is none (any more). */
export async function readInboxMessage(pool: Pool, id: number): Promise<InboxMessage | null> {
  const { rows } = await pool.query<Row>(`select ${columns} from inbox_messages where id = $1`, [id]);
  return rows[0] === undefined ? null : toMessage(rows[0]);
}

const columns = 'id, channel, message_key, recipient, subject, headers, text, html, body, received_at';

interface Row {
  readonly id: string;
  readonly channel: 'mail' | 'webhook';
  readonly message_key: string | null;
  readonly recipient: string;
  readonly subject: string;
  readonly headers: Record<string, string>;
  readonly text: string | null;
  readonly html: string | null;
  readonly body: unknown;
  readonly received_at: Date;
}

const toMessage = ({ id, message_key, received_at, ...row }: Row): InboxMessage => ({
  ...row,
  id: Number(id),
  messageKey: message_key,
  receivedAt: received_at.toISOString(),
});
