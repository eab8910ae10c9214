import { z } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type EscalationPolicy, EscalationPolicySchema, EscalationPolicyVersionSchema } from '../../db/entities/escalation-policy.ts';
import type { Registry } from '../../connectors/registry.ts';
import type { PolicyDocument } from '../../domain/escalation-policy.ts';
import type { Collection } from '../collection.ts';
import { Problem } from '../problem.ts';
import { type Referable, requireReferences } from '../references.ts';
import { checkAddresses } from './contact-methods.ts';
import { Description, given, Id, Name, presentRow, rowRead } from './field-shapes.ts';

const Target = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('user'), id: Id }),
    z.strictObject({ type: z.literal('schedule'), id: Id }),
    z.strictObject({ type: z.literal('team'), id: Id }),
    z.strictObject({ type: z.literal('provider'), id: Id, address: z.string().trim().min(1).max(500).optional() }),
  ])
  .openapi('PageTarget');
type Target = z.infer<typeof Target>;

const document = {
  levels: z
    .array(
      z
        .strictObject({
          /** Seconds that this level has to acknowledge before the next is paged. */
          delay_seconds: z
            .number()
            .int()
            .min(1)
            .max(7 * 24 * 3600),
          targets: z.array(Target).min(1, 'names at least one target').max(50),
        })
        .openapi('PolicyLevel'),
    )
    .min(1, 'has at least one level')
    .max(20),
  /** How many more times the levels are gone through. */
  repeat: z.number().int().min(0).max(20),
  fallback: z.array(Target).min(1, 'names at least one target: the page must reach somebody').max(50),
  /** Seconds after an acknowledgement until paging starts again; 0 for never. */
  acknowledged_timeout_seconds: z
    .number()
    .int()
    .min(0)
    .max(30 * 24 * 3600),
};

const fields = z.strictObject({ name: Name, description: Description, ...document });

const EscalationPolicyRead = z
  .object({
    ...rowRead,
    name: z.string(),
    description: z.string(),
    /** Counts the edits of what it does; open incidents keep the version they began with. */
    version: z.number().int(),
    ...document,
  })
  .openapi('EscalationPolicy');

const documentKeys = ['levels', 'repeat', 'fallback', 'acknowledged_timeout_seconds'] as const;

export const escalationPolicies: Collection<EscalationPolicy, typeof EscalationPolicyRead, typeof fields> = {
  path: 'escalation-policies',
  one: 'escalation policy',
  entity: EscalationPolicySchema,
  read: EscalationPolicyRead,
  fields,
  required: ['name', 'levels', 'fallback'],
  searchIn: ['name', 'description'],
  filters: { name: { schema: z.string(), property: 'name' } },
  orderings: { name: 'name', created_at: 'createdAt' },

  async present(rows, { em }) {
    const versions = await em.find(EscalationPolicyVersionSchema, {
      $or: rows.map((row) => ({ policyId: row.id, version: row.version })),
    });
    return rows.map((row) => {
      const found = versions.find((version) => version.policyId === row.id);
      if (found === undefined) throw new Error(`policy ${row.id} has no version ${row.version}`);
      // As it was checked when it was written.
      const stored = found.document as z.infer<z.ZodObject<typeof document>>;
      return { ...presentRow(row), name: row.name, description: row.description, version: row.version, ...stored };
    });
  },

  async columns(body, { em, row, deps }) {
    await checkTargets(em, deps.registry, [
      ...(body.levels ?? []).flatMap((level, i) => level.targets.map((target, j) => ({ field: `levels[${i}].targets[${j}]`, target }))),
      ...(body.fallback ?? []).map((target, i) => ({ field: `fallback[${i}]`, target })),
    ]);
    const edited = row !== null && documentKeys.some((key) => body[key] !== undefined);
    // Two edits at once would take the same number: the second waits here, and counts from what the first made.
    const current = edited
      ? await em.execute<{ version: number }[]>('select version from escalation_policies where id = ? for update', [row.id])
      : [];
    return given({
      name: body.name,
      description: body.description,
      version: current[0] === undefined ? undefined : current[0].version + 1,
    });
  },

  async afterWrite(body, { em, row, signedIn }) {
    if (documentKeys.every((key) => body[key] === undefined)) return;
    const before = await em.findOne(EscalationPolicyVersionSchema, { policyId: row.id, version: row.version - 1 });
    const defaults: PolicyDocument = { levels: [], fallback: [], repeat: 0, acknowledged_timeout_seconds: 0 };
    const edits = given({
      levels: body.levels,
      repeat: body.repeat,
      fallback: body.fallback,
      acknowledged_timeout_seconds: body.acknowledged_timeout_seconds,
    });
    const version = em.create(EscalationPolicyVersionSchema, {
      policyId: row.id,
      version: row.version,
      document: { ...(before?.document ?? defaults), ...edits },
      createdBy: signedIn.username,
    } as never);
    await em.persist(version).flush();
  },

  async beforeDelete(row, { em }) {
    const open = await em.execute<{ short_id: string }[]>(
      `select short_id from incidents where policy_id = ? and status <> 'RESOLVED' limit 5`,
      [row.id],
    );
    if (open.length > 0) {
      throw new Problem(409, `Open incidents follow this policy: ${open.map((incident) => incident.short_id).join(', ')}.`);
    }
  },
};

const tables: Readonly<Record<Target['type'], Referable>> = {
  user: 'users',
  schedule: 'schedules',
  team: 'teams',
  provider: 'providers',
};

async function checkTargets(em: EntityManager, connectors: Registry, targets: readonly { field: string; target: Target }[]): Promise<void> {
  await requireReferences(
    em,
    targets.map(({ field, target }) => ({ field: `${field}.id`, table: tables[target.type], id: target.id })),
  );
  await checkAddresses(
    em,
    connectors,
    targets.flatMap(({ field, target }) =>
      target.type === 'provider'
        ? [{ idField: `${field}.id`, addressField: `${field}.address`, providerId: target.id, address: target.address ?? null }]
        : [],
    ),
  );
}
