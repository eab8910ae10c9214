import { z } from '@hono/zod-openapi';
import { type Service, ServiceSchema } from '../../db/entities/service.ts';
import { criticalities } from '../../domain/vocabulary.ts';
import type { Collection } from '../collection.ts';
import { Problem } from '../problem.ts';
import { type Reference, refsOf, requireReferences } from '../references.ts';
import { BooleanQuery } from '../route-parts.ts';
import { Description, given, HttpUrl, Id, Name, presentRow, RefRead, rowRead } from './field-shapes.ts';

const Grouping = z
  .strictObject({
    by: z.enum(['alert_name', 'labels', 'each', 'all']),
    /** Label names, for `by: labels`. */
    labels: z.array(z.string().min(1).max(200)).max(20).optional(),
  })
  .refine((grouping) => grouping.by !== 'labels' || (grouping.labels ?? []).length > 0, {
    path: ['labels'],
    error: 'names at least one label when grouping by labels',
  })
  .openapi('Grouping');

const fields = z.strictObject({
  name: Name,
  description: Description,
  team: Id.nullable(),
  escalation_policy: Id,
  criticality: z.enum(criticalities),
  grouping: Grouping,
  reopen_window_seconds: z
    .number()
    .int()
    .min(0)
    .max(30 * 24 * 3600),
  auto_resolve: z.enum(['off', 'at_once', 'quiet']),
  quiet_seconds: z
    .number()
    .int()
    .min(0)
    .max(7 * 24 * 3600),
  runbook_url: HttpUrl.nullable(),
  is_active: z.boolean(),
});

export const ServiceRead = z
  .object({
    ...rowRead,
    name: z.string(),
    description: z.string(),
    team: RefRead.nullable(),
    escalation_policy: RefRead,
    criticality: z.enum(criticalities),
    grouping: Grouping,
    reopen_window_seconds: z.number().int(),
    auto_resolve: z.enum(['off', 'at_once', 'quiet']),
    quiet_seconds: z.number().int(),
    runbook_url: z.string().nullable(),
    /** Takes the alerts that match no service. */
    is_catch_all: z.boolean(),
    is_active: z.boolean(),
  })
  .openapi('Service');

export const services: Collection<Service, typeof ServiceRead, typeof fields> = {
  path: 'services',
  one: 'service',
  entity: ServiceSchema,
  read: ServiceRead,
  fields,
  required: ['name'],
  searchIn: ['name', 'description'],
  filters: {
    name: { schema: z.string(), property: 'name' },
    team: { schema: Id, property: 'teamId' },
    escalation_policy: { schema: Id, property: 'escalationPolicyId' },
    criticality: { schema: z.enum(criticalities), property: 'criticality' },
    is_active: { schema: BooleanQuery, property: 'isActive' },
    is_catch_all: { schema: BooleanQuery, property: 'isCatchAll' },
  },
  orderings: { name: 'name', created_at: 'createdAt', updated_at: 'updatedAt', criticality: 'criticality' },

  async present(rows, { em }) {
    const team = await refsOf(
      em,
      'teams',
      rows.map((row) => row.teamId ?? null),
    );
    const policy = await refsOf(
      em,
      'escalation_policies',
      rows.map((row) => row.escalationPolicyId),
    );
    return rows.map((row) => ({
      ...presentRow(row),
      name: row.name,
      description: row.description,
      team: team(row.teamId ?? null),
      escalation_policy: policy(row.escalationPolicyId) ?? { id: row.escalationPolicyId, name: '' },
      criticality: row.criticality,
      grouping: { by: row.grouping.by, ...(row.grouping.labels && { labels: [...row.grouping.labels] }) },
      reopen_window_seconds: row.reopenWindowSeconds,
      auto_resolve: row.autoResolve,
      quiet_seconds: row.quietSeconds,
      runbook_url: row.runbookUrl ?? null,
      is_catch_all: row.isCatchAll,
      is_active: row.isActive,
    }));
  },

  async columns(body, { em, row }) {
    if (row?.isCatchAll && body.is_active === false) {
      throw new Problem(409, 'The catch-all service stays active: it takes the alerts that match no other service.');
    }
    const references: Reference[] = [];
    if (body.team) references.push({ field: 'team', table: 'teams', id: body.team });
    if (body.escalation_policy) {
      references.push({ field: 'escalation_policy', table: 'escalation_policies', id: body.escalation_policy });
    }
    await requireReferences(em, references);
    let escalationPolicyId = body.escalation_policy;
    if (row === null && escalationPolicyId === undefined) {
      const catchAll = await em.findOne(ServiceSchema, { isCatchAll: true });
      if (catchAll === null) throw new Problem(409, 'There is no catch-all service yet: name an escalation_policy.');
      escalationPolicyId = catchAll.escalationPolicyId;
    }
    return given({
      name: body.name,
      description: body.description,
      teamId: body.team,
      escalationPolicyId,
      criticality: body.criticality,
      grouping: body.grouping,
      reopenWindowSeconds: body.reopen_window_seconds,
      autoResolve: body.auto_resolve,
      quietSeconds: body.quiet_seconds,
      runbookUrl: body.runbook_url,
      isActive: body.is_active,
    });
  },

  async beforeDelete(row) {
    if (row.isCatchAll) throw new Problem(409, 'The catch-all service cannot be deleted.');
  },
};
