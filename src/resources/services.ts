import { z } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import { criticalities } from '../domain/vocabulary.ts';
import { elsewhere, field, readOnly, reference } from './field-map/field.ts';
import { refsOf, requireReferences, type Lookup } from './field-map/references.ts';
import { conflict, invalid } from './field-map/refusal.ts';
import { defineResource } from './field-map/resource.ts';
import { HttpUrl, Id, RefRead } from './field-map/shapes.ts';
import { description, isActive, name } from './shared-fields.ts';

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

const seconds = (maxDays: number) =>
  z
    .number()
    .int()
    .min(0)
    .max(maxDays * 24 * 3600);

export const services = defineResource({
  path: 'services',
  one: 'service',
  about: 'A service is what alerts and incidents are about, for example a database or a website.',
  fields: {
    name: name('Alerts name the service by this, in the label `service`.'),
    description: description('What the service does and who uses it.'),
    team: reference({ label: 'Owner Team', help: 'The team that answers for the service.', to: 'teams', nullable: true }),
    owner_team: elsewhere({
      label: 'Owner Team',
      help: 'The same as `team`, by its other name.',
      schema: Id.nullable(),
      read: RefRead.nullable(),
    }),
    escalation_policy: reference({
      label: 'Escalation Policy',
      help: 'Who is paged for its incidents, and in which order. The policy of the catch-all service when omitted.',
      to: 'escalation-policies',
    }),
    criticality: field({
      label: 'Criticality',
      help: 'How much depends on the service.',
      schema: z.enum(criticalities),
      default: 'TIER_3_MEDIUM',
    }),
    grouping: field({
      label: 'Alert Grouping',
      help: 'Which of its alerts share an incident: those with the same name, the same labels, each for itself, or all together.',
      schema: Grouping,
      default: { by: 'alert_name' },
    }),
    reopen_window_seconds: field({
      label: 'Reopen Window',
      help: 'Seconds after an incident is resolved during which a new alert reopens it instead of opening another.',
      schema: seconds(30),
      default: 1800,
    }),
    auto_resolve: field({
      label: 'Auto-Resolve',
      help: 'Whether an incident is resolved when none of its alerts fires any more: never, at once, or after a quiet time.',
      schema: z.enum(['off', 'at_once', 'quiet']),
      default: 'at_once',
    }),
    quiet_seconds: field({
      label: 'Quiet Time',
      help: 'Seconds without a firing alert before the incident is resolved, when auto-resolve is `quiet`.',
      schema: seconds(7),
      default: 300,
    }),
    notify_on_other_labels: field({
      label: 'Notify on Other Labels',
      help: 'Whether whoever has an acknowledged incident is notified when an alert joins it whose labels none of its alerts had.',
      schema: z.boolean(),
      default: true,
    }),
    private_war_room: field({
      label: 'Private War Room',
      help: 'Whether only those who are invited may see the war rooms of its incidents.',
      schema: z.boolean(),
      default: false,
    }),
    runbook_url: field({
      label: 'Runbook URL',
      help: 'What to do when it breaks. Linked from every incident and notification.',
      schema: HttpUrl.nullable(),
    }),
    message_note: field({
      label: 'Message Note',
      help: 'What each notification about its incidents says in addition, for example whom to call at the hosting company. Plain text of at most 500 characters.',
      schema: z.string().trim().max(500),
      default: '',
      isLong: true,
    }),
    is_catch_all: readOnly({
      label: 'Is Catch-All',
      help: 'Takes the alerts that match no other service. There is always exactly one.',
      schema: z.boolean(),
      default: false,
    }),
    is_active: isActive('Alerts for an inactive service go to the catch-all service.'),
  },
  searchBy: ['name', 'description'],
  filterBy: ['name', 'team', 'escalation_policy', 'criticality', 'is_active', 'is_catch_all'],
  orderBy: ['name', 'created_at', 'updated_at', 'criticality'],
  unique: 'name',
  example: {
    name: 'redis-prod',
    team: '0b8f7a52-6f0e-4a55-8a36-0d1c1b6a9b5e',
    criticality: 'TIER_1_CRITICAL',
    runbook_url: 'https://wiki.example.com/runbooks/redis',
  },
  refused: {
    update: 'The catch-all service cannot be deactivated (409).',
    delete: 'The catch-all service, and a service that has had alerts or incidents, cannot be deleted (409); deactivate it instead.',
  },

  async present(rows, context) {
    const team = await refsOf(
      context,
      'teams',
      rows.map((row) => row.team),
    );
    return rows.map((row) => ({ owner_team: row.team == null ? null : (team(row.team) ?? { id: row.team, name: '' }) }));
  },

  async beforeWrite(given, context) {
    const { em, row } = context;
    if (row?.is_catch_all && given.is_active === false) {
      throw conflict('The catch-all service stays active: it takes the alerts that match no other service.');
    }
    return {
      ...(await ownerOf(given, context)),
      ...(row === null && given.escalation_policy === undefined && { escalation_policy: await catchAllPolicy(em) }),
    };
  },

  async beforeDelete(row) {
    if (row.is_catch_all) throw conflict('The catch-all service cannot be deleted.');
  },
});

/** `owner_team` is `team`. @throws Refusal */
async function ownerOf(
  { team, owner_team: owner }: { readonly team?: string | null | undefined; readonly owner_team?: string | null | undefined },
  context: Lookup,
): Promise<{ team?: string | null }> {
  if (owner === undefined) return {};
  if (team !== undefined && team !== owner)
    throw invalid([{ field: 'owner_team', reason: 'is another name of team, and names another team' }]);
  if (owner !== null) await requireReferences(context, [{ field: 'owner_team', to: 'teams', id: owner }]);
  return { team: owner };
}

async function catchAllPolicy(em: EntityManager): Promise<string> {
  const [catchAll] = await em.execute<{ id: string }[]>('select escalation_policy_id as id from services where is_catch_all');
  if (catchAll === undefined) throw conflict('There is no catch-all service yet: name an escalation_policy.');
  return catchAll.id;
}
