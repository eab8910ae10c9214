import { z } from '@hono/zod-openapi';
import { defineEntity, p } from '@mikro-orm/core';
import type { PolicyDocument } from '../domain/escalation-policy.ts';
import { checkAddresses } from './contact-methods.ts';
import { elsewhere, readOnly } from './field-map/field.ts';
import { requireReferences } from './field-map/references.ts';
import { conflict } from './field-map/refusal.ts';
import { type Context, defineResource } from './field-map/resource.ts';
import { Id } from './field-map/shapes.ts';
import { description, name } from './shared-fields.ts';

const Target = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('user'), id: Id }),
    z.strictObject({ type: z.literal('schedule'), id: Id }),
    z.strictObject({ type: z.literal('team'), id: Id }),
    z.strictObject({ type: z.literal('provider'), id: Id, address: z.string().trim().min(1).max(500).optional() }),
    z.strictObject({ type: z.literal('owner_on_call') }),
    z.strictObject({ type: z.literal('owner_team') }),
    z.strictObject({ type: z.literal('admins') }),
  ])
  .openapi('PageTarget');
type Target = z.infer<typeof Target>;

const Level = z
  .strictObject({
    /** Seconds that this level has to acknowledge before the next is paged. */
    delay_seconds: z
      .number()
      .int()
      .min(1)
      .max(7 * 24 * 3600),
    targets: z.array(Target).min(1, 'names at least one target').max(50),
  })
  .openapi('PolicyLevel');

/** Never changed once written: open incidents are pinned to one. */
const EscalationPolicyVersionSchema = defineEntity({
  name: 'EscalationPolicyVersion',
  tableName: 'escalation_policy_versions',
  primaryKeys: ['policyId', 'version'],
  properties: {
    policyId: p.uuid().primary(),
    version: p.integer().primary(),
    document: p.json<PolicyDocument>(),
    createdAt: p.datetime().onCreate(() => new Date()),
    createdBy: p.text(),
  },
});

const documentKeys = ['levels', 'repeat', 'fallback', 'acknowledged_timeout_seconds'] as const;
const exampleUser = { type: 'user', id: '7d9b6c1e-3f52-4c0e-9a43-2f1f6a1f0c11' };

export const escalationPolicies = defineResource({
  path: 'escalation-policies',
  one: 'escalation policy',
  about:
    'An escalation policy says who is paged, level after level, until somebody acknowledges. Incidents keep the version they were opened with: a change applies to new incidents only.',
  mentionsSql: `select 'escalation policy ' || p.name || ' version ' || v.version
    from escalation_policies p join escalation_policy_versions v on v.policy_id = p.id, wanted
    where position(wanted.id in v.document::text) > 0
      and (v.version = p.version or exists (
        select 1 from incidents i
        where i.status <> 'RESOLVED' and i.policy_id = v.policy_id and i.policy_version = v.version))`,
  moreEntities: [EscalationPolicyVersionSchema],
  fields: {
    name: name('For example Databases, day and night.'),
    description: description('When to use this policy.'),
    version: readOnly({
      label: 'Version',
      help: 'Goes up with every change of who is paged.',
      schema: z.number().int(),
      default: 1,
    }),
    levels: elsewhere({
      label: 'Levels',
      help: 'Who is paged first, next and so on, and how long each level has to acknowledge.',
      schema: z.array(Level).min(1, 'has at least one level').max(20),
      required: true,
    }),
    repeat: elsewhere({
      label: 'Repeat',
      help: 'How many more times all levels are paged when nobody acknowledges.',
      schema: z.number().int().min(0).max(20),
      default: 0,
    }),
    fallback: elsewhere({
      label: 'Fallback',
      help: 'Who is paged when every level has failed.',
      schema: z.array(Target).min(1, 'names at least one target: the page must reach somebody').max(50),
      required: true,
    }),
    acknowledged_timeout_seconds: elsewhere({
      label: 'Acknowledgement Timeout',
      help: 'Seconds after an acknowledgement until paging starts again; 0 for never.',
      schema: z
        .number()
        .int()
        .min(0)
        .max(30 * 24 * 3600),
      default: 0,
    }),
  },
  searchBy: ['name', 'description'],
  filterBy: ['name'],
  orderBy: ['name', 'created_at'],
  unique: 'name',
  example: { name: 'Databases', levels: [{ delay_seconds: 300, targets: [exampleUser] }], fallback: [exampleUser], repeat: 1 },
  refused: { delete: 'A policy that open incidents follow cannot be deleted (409).' },

  async present(rows, { em }) {
    const versions = await em.find(EscalationPolicyVersionSchema, {
      $or: rows.map((row) => ({ policyId: row.id, version: row.version })),
    });
    return rows.map((row) => {
      const found = versions.find((version) => version.policyId === row.id);
      if (found === undefined) throw new Error(`policy ${row.id} has no version ${row.version}`);
      // As it was checked when it was written.
      const { levels, repeat, fallback, acknowledged_timeout_seconds } = found.document as PolicyDocument & {
        levels: z.infer<typeof Level>[];
        fallback: Target[];
      };
      return { levels, repeat, fallback, acknowledged_timeout_seconds };
    });
  },

  async beforeWrite(given, context) {
    await checkTargets(context, [
      ...(given.levels ?? []).flatMap((level, i) => level.targets.map((target, j) => ({ field: `levels[${i}].targets[${j}]`, target }))),
      ...(given.fallback ?? []).map((target, i) => ({ field: `fallback[${i}]`, target })),
    ]);
    const { row } = context;
    return row === null || documentKeys.every((key) => given[key] === undefined) ? {} : { version: row.version + 1 };
  },

  async afterWrite(given, { em, row, by }) {
    if (documentKeys.every((key) => given[key] === undefined)) return;
    const before = await em.findOne(EscalationPolicyVersionSchema, { policyId: row.id, version: row.version - 1 });
    const defaults: PolicyDocument = { levels: [], fallback: [], repeat: 0, acknowledged_timeout_seconds: 0 };
    const edits = Object.fromEntries(documentKeys.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]));
    const version = em.create(EscalationPolicyVersionSchema, {
      policyId: row.id,
      version: row.version,
      document: { ...(before?.document ?? defaults), ...edits },
      createdBy: by.username,
    } as never);
    await em.persist(version).flush();
  },

  async beforeDelete(row, { em }) {
    const open = await em.execute<{ short_id: string }[]>(
      `select short_id from incidents where policy_id = ? and status <> 'RESOLVED' limit 5`,
      [row.id],
    );
    if (open.length > 0) throw conflict(`Open incidents follow this policy: ${open.map((incident) => incident.short_id).join(', ')}.`);
  },
});

const paths: Readonly<Record<Extract<Target, { id: string }>['type'], string>> = {
  user: 'users',
  schedule: 'schedules',
  team: 'teams',
  provider: 'providers',
};

async function checkTargets(context: Context, targets: readonly { readonly field: string; readonly target: Target }[]): Promise<void> {
  await requireReferences(
    context,
    targets.flatMap(({ field, target }) => ('id' in target ? [{ field: `${field}.id`, to: paths[target.type], id: target.id }] : [])),
  );
  await checkAddresses(
    context,
    targets.flatMap(({ field, target }) =>
      target.type === 'provider'
        ? [{ idField: `${field}.id`, addressField: `${field}.address`, providerId: target.id, address: target.address ?? null }]
        : [],
    ),
  );
}
