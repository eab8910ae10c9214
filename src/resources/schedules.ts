import { z } from '@hono/zod-openapi';
import type { Said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';
import { derived, field, reference } from './field-map/field.ts';
import { type Reference, requireReferences } from './field-map/references.ts';
import { invalid } from './field-map/refusal.ts';
import { type Context, defineResource, type WriteContext } from './field-map/resource.ts';
import { Id, Name } from './field-map/shapes.ts';
import { providers } from './providers.ts';
import { Days, description, name, timeOfDay, TimeZone } from './shared-fields.ts';

const Instant = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time' }).transform((text) => new Date(text).toISOString());

const Layer = z
  .strictObject({
    name: Name,
    users: z.array(Id).min(1, 'names at least one user').max(100),
    rotation: z.strictObject({
      type: z.enum(['hourly', 'daily', 'weekly']),
      length: z.number().int().min(1).max(1_000),
      handoff_time: timeOfDay,
      start: z.iso.date('must be a date as 2026-01-05'),
    }),
    restrictions: z
      .array(
        z.strictObject({
          days: Days,
          start: timeOfDay,
          end: timeOfDay,
        }),
      )
      .max(20)
      .optional(),
  })
  .openapi('ScheduleLayer');

const Override = z
  .strictObject({ user_id: Id, start: Instant, end: Instant })
  .refine(({ start, end }) => start < end, { path: ['end'], error: 'must be after start' });

const OverrideRead = z.object({ user_id: z.uuid(), start: z.string(), end: z.string() }).openapi('ScheduleOverride');

export const schedules = defineResource({
  path: 'schedules',
  one: 'schedule',
  about: 'A schedule says who is on call when: people take turns in layers, and overrides replace them for a while.',
  mentionsSql: `select 'schedule ' || name from schedules, wanted where position(wanted.id in layers::text || overrides::text) > 0`,
  fields: {
    name: name('For example SRE Core on call.'),
    description: description('Who takes part and how turns are swapped.'),
    team: reference({ label: 'Team', help: 'The team whose schedule it is.', to: 'teams', nullable: true }),
    time_zone: field({
      label: 'Time Zone',
      help: 'In which handoffs and restrictions are meant, as Europe/Paris.',
      schema: TimeZone,
      default: 'UTC',
    }),
    layers: field({
      label: 'Layers',
      help: 'Each layer rotates through its users; where several are on call, the last one wins.',
      schema: z.array(Layer).max(20),
      default: [],
    }),
    overrides: field({
      label: 'Overrides',
      help: 'Who is on call instead, from start to end.',
      schema: z.array(Override).max(500),
      read: z.array(OverrideRead),
      default: [],
    }),
    user_group: field({
      label: 'User Group',
      help: 'A user group of the chat that is kept equal to who is on call: its handle, as @sre-oncall, or its ID. Whoever else is in it is removed.',
      schema: z
        .string()
        .trim()
        .regex(/^(?:@?[\p{Ll}\p{Lo}\p{N}._-]{1,80}|S[A-Z0-9]{2,30})$/u, 'must be a handle as @sre-oncall, or an ID as S0123456789')
        .nullable(),
    }),
    user_group_provider: reference({
      label: 'User Group Provider',
      help: 'Where the user group is. The oldest active provider that has user groups when empty.',
      to: 'providers',
      nullable: true,
    }),
    announce_handovers: field({
      label: 'Announce Hand-overs',
      help: 'Whether the team’s channel is told when somebody else is on call.',
      schema: z.boolean(),
      default: true,
    }),
    warning: derived({
      label: 'Warning',
      help: 'What keeps its user group or its hand-overs from the chat, in English. It is tried again.',
      schema: z.string().nullable(),
    }),
  },
  searchBy: ['name', 'description'],
  filterBy: ['name', 'team', 'time_zone'],
  orderBy: ['name', 'created_at'],
  unique: 'name',
  example: {
    name: 'SRE Core on call',
    time_zone: 'Europe/Paris',
    layers: [
      {
        name: 'Weekly',
        users: ['7d9b6c1e-3f52-4c0e-9a43-2f1f6a1f0c11'],
        rotation: { type: 'weekly', length: 1, handoff_time: '09:00', start: '2026-01-05' },
      },
    ],
  },

  async present(rows, { em }) {
    const problems = await em.execute<{ schedule_id: string; post_problem: Problem | null; group_problem: Problem | null }[]>(
      'select schedule_id, post_problem, group_problem from handovers where post_problem is not null or group_problem is not null',
    );
    const byId = new Map(problems.map((row) => [row.schedule_id, [row.group_problem, row.post_problem]]));
    return rows.map(({ id }) => ({ warning: warningOf(byId.get(id) ?? []) }));
  },

  async beforeWrite({ layers = [], overrides = [], user_group: group, user_group_provider: providerId }, context) {
    const references: Reference[] = [
      ...layers.flatMap((layer, i) => layer.users.map((id, j) => ({ field: `layers[${i}].users[${j}]`, to: 'users', id }))),
      ...overrides.map(({ user_id: id }, i) => ({ field: `overrides[${i}].user_id`, to: 'users', id })),
    ];
    await requireReferences(context, references);
    if (providerId != null) await requireGroups(context, providerId);
    if (group != null) await requireFreeGroup(context, group);
  },
});

/** Why, and what can be done. */
type Problem = { readonly reason: Said; readonly cure: Said | null };

function warningOf(problems: readonly (Problem | null)[]): string | null {
  const said = problems.flatMap((problem) => (problem === null ? [] : [problem.reason, ...(problem.cure === null ? [] : [problem.cure])]));
  return said.length === 0 ? null : said.map((one) => words(one)).join(' ');
}

/** @throws Refusal */
async function requireGroups({ em, registry }: Context, providerId: string): Promise<void> {
  const provider = await em.findOne(providers.entity, { id: providerId });
  if (provider !== null && registry.byType(provider.type)?.groups === undefined)
    throw invalid([{ field: 'user_group_provider', reason: 'has no user groups' }]);
}

/** Two schedules would take turns in setting it. @throws Refusal */
async function requireFreeGroup({ em, id }: Pick<WriteContext<unknown>, 'em' | 'id'>, group: string): Promise<void> {
  const [other] = await em.execute<{ name: string }[]>(
    `select name from schedules where id <> ? and ltrim(user_group, '@') = ltrim(?, '@') limit 1`,
    [id, group],
  );
  if (other !== undefined) throw invalid([{ field: 'user_group', reason: `is kept by schedule "${other.name}"` }]);
}
