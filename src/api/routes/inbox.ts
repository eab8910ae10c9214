import { createRoute, z } from '@hono/zod-openapi';
import type { ApiDeps } from '../deps.ts';
import { conditions, containing, readKeyset } from '../keyset.ts';
import { listAnswer, listQuery } from '../list-answer.ts';
import { notFound } from '../problem.ts';
import { Timestamp } from '../../resources/field-map/shapes.ts';
import { jsonResponse, listOf, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

export const InboxMessageRead = z
  .object({
    id: z.string(),
    channel: z.string().openapi({ description: 'How it came: `mail`, `sms`, `chat` or `webhook`.', example: 'mail' }),
    recipient: z.string(),
    subject: z.string(),
    headers: z.record(z.string(), z.unknown()),
    text: z.string().nullable(),
    html: z.string().nullable().openapi({ description: 'As it was sent: show it in a sandboxed frame only.' }),
    body: z.unknown(),
    received_at: Timestamp,
  })
  .openapi('InboxMessage');

const list = createRoute({
  method: 'get',
  path: '/',
  tags: ['inbox'],
  summary: 'List demo messages',
  description:
    'Lists the messages that the sample providers of the demo would have sent, newest first. `search` looks in subject and recipient; for example, `?channel=mail` lists only mails.',
  request: { query: z.object({ ...listQuery, channel: z.string().max(100).optional() }) },
  responses: { 200: jsonResponse(listOf(InboxMessageRead, 'InboxMessageList'), 'A page of messages.'), ...problems(401, 422) },
});
const read = createRoute({
  method: 'get',
  path: '/{id}',
  tags: ['inbox'],
  summary: 'Retrieve a demo message',
  description: 'Returns one message of the demo inbox with its headers and body. Returns 404 if there is no such message.',
  request: {
    params: z.object({
      id: z
        .string()
        .regex(/^\d{1,18}$/, 'must be a number')
        .openapi({ param: { name: 'id', in: 'path' } }),
    }),
  },
  responses: { 200: jsonResponse(InboxMessageRead, 'The message.'), ...problems(401, 404) },
});

interface Row {
  readonly id: string;
  readonly channel: string;
  readonly recipient: string;
  readonly subject: string;
  readonly headers: Record<string, unknown>;
  readonly text: string | null;
  readonly html: string | null;
  readonly body: unknown;
  readonly received_at: Date;
}

const columns = 'id::text, channel, recipient, subject, headers, text, html, body, received_at';

const present = (row: Row): z.infer<typeof InboxMessageRead> => ({
  id: row.id,
  channel: row.channel,
  recipient: row.recipient,
  subject: row.subject,
  headers: row.headers,
  text: row.text,
  html: row.html,
  body: row.body,
  received_at: row.received_at.toISOString(),
});

/** Mounted at /api/v1/inbox. */
export function createInboxRoutes(deps: ApiDeps) {
  const { pool } = deps.database;
  const router = createRouter();
  router.openapi(list, async (c) => {
    const q = c.req.valid('query');
    const where = conditions();
    where.add('channel = ?', q.channel);
    where.add('(subject ilike ? or recipient ilike ?)', containing(q.search));
    const list = await readKeyset<Row>(pool, {
      columns,
      from: 'inbox_messages',
      conditions: where,
      order: { by: 'received_at', type: 'timestamptz', descending: true },
      id: { column: 'inbox_messages.id', type: 'bigint' },
      cursor: q.cursor,
      limit: q.limit,
    });
    return c.json(listAnswer(c, deps.config, list, list.rows.map(present)), 200);
  });
  router.openapi(read, async (c) => {
    const { rows } = await pool.query<Row>(`select ${columns} from inbox_messages where id = $1`, [c.req.valid('param').id]);
    const row = rows[0];
    if (row === undefined) throw notFound('message');
    return c.json(present(row), 200);
  });
  return router;
}
