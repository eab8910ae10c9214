import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { Registry } from '../../connectors/registry.ts';
import { type AlertSource, AlertSourceSchema } from '../../db/entities/alert-source.ts';
import type { Collection } from '../collection.ts';
import { BooleanQuery } from '../route-parts.ts';
import { requireSource, SourceType } from './connector-types.ts';
import { given, Name, presentRow, rowRead } from './field-shapes.ts';

const Secret = z.string().min(8, 'must have at least 8 characters').max(1_000).nullable();

const fields = z.strictObject({
  name: Name,
  source: SourceType,
  /** Write-only: what senders give as `Authorization: Bearer <secret>`. Null: none is asked for. */
  secret: Secret,
  /** Write-only: the key of the source's own signature header. */
  signing_secret: Secret,
  is_active: z.boolean(),
});

const AlertSourceRead = z
  .object({
    ...rowRead,
    name: z.string(),
    source: SourceType,
    has_secret: z.boolean(),
    has_signing_secret: z.boolean(),
    is_active: z.boolean(),
    /** Where its alerts are to be sent. */
    webhook_url: z.string(),
  })
  .openapi('AlertSource');

/** Some systems send to the address of another. */
const addressOf = (registry: Registry, source: string): string => registry.byId(source)?.alerts?.shares?.address ?? source;

export const alertSources: Collection<AlertSource, typeof AlertSourceRead, typeof fields> = {
  path: 'alert-sources',
  one: 'alert source',
  entity: AlertSourceSchema,
  read: AlertSourceRead,
  fields,
  required: ['name', 'source'],
  searchIn: ['name', 'source'],
  filters: {
    name: { schema: z.string(), property: 'name' },
    source: { schema: z.string(), property: 'source' },
    is_active: { schema: BooleanQuery, property: 'isActive' },
  },
  orderings: { name: 'name', source: 'source', created_at: 'createdAt' },

  async present(rows, { deps }) {
    return rows.map((row) => ({
      ...presentRow(row),
      name: row.name,
      source: row.source,
      has_secret: (row.secretHash ?? null) !== null,
      has_signing_secret: (row.signingSecret ?? null) !== null,
      is_active: row.isActive,
      webhook_url: `${deps.config.baseUrl}/api/v1/webhooks/${addressOf(deps.registry, row.source)}/`,
    }));
  },

  async columns(body, { id, deps }) {
    requireSource(deps.registry, body.source);
    const { secret, signing_secret: signingSecret } = body;
    return given({
      name: body.name,
      source: body.source,
      secretHash: typeof secret === 'string' ? createHash('sha256').update(secret).digest() : secret,
      signingSecret:
        typeof signingSecret === 'string' ? deps.secrets.seal(signingSecret, `integrations/${id}/signing_secret`) : signingSecret,
      isActive: body.is_active,
    });
  },
};
