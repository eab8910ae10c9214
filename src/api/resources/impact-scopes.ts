import { z } from '@hono/zod-openapi';
import { type ImpactScope, ImpactScopeSchema } from '../../db/entities/impact-scope.ts';
import type { Collection } from '../collection.ts';
import { BooleanQuery } from '../route-parts.ts';
import { Description, given, Name, presentRow, rowRead } from './field-shapes.ts';

const fields = z.strictObject({
  name: Name,
  description: Description,
  /** Told of every incident with this scope: Security → the CISO. */
  emails: z.array(z.email('must be a mail address')).max(50),
  is_active: z.boolean(),
});

const ImpactScopeRead = z
  .object({ ...rowRead, name: z.string(), description: z.string(), emails: z.array(z.string()), is_active: z.boolean() })
  .openapi('ImpactScope');

export const impactScopes: Collection<ImpactScope, typeof ImpactScopeRead, typeof fields> = {
  path: 'impact-scopes',
  one: 'impact scope',
  entity: ImpactScopeSchema,
  read: ImpactScopeRead,
  fields,
  required: ['name'],
  searchIn: ['name', 'description'],
  filters: {
    name: { schema: z.string(), property: 'name' },
    is_active: { schema: BooleanQuery, property: 'isActive' },
  },
  orderings: { name: 'name', created_at: 'createdAt' },

  async present(rows) {
    return rows.map((row) => ({
      ...presentRow(row),
      name: row.name,
      description: row.description,
      emails: row.emails,
      is_active: row.isActive,
    }));
  },

  async columns(body, { row }) {
    return given({
      name: body.name,
      description: body.description,
      emails: body.emails ?? (row === null ? [] : undefined),
      isActive: body.is_active,
    });
  },
};
