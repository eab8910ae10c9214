import { z } from '@hono/zod-openapi';
import { field, reference } from './field-map/field.ts';
import { type Reference, requireReferences } from './field-map/references.ts';
import { defineResource } from './field-map/resource.ts';
import { Id, Name } from './field-map/shapes.ts';
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

  async beforeWrite({ layers = [], overrides = [] }, context) {
    const references: Reference[] = [
      ...layers.flatMap((layer, i) => layer.users.map((id, j) => ({ field: `layers[${i}].users[${j}]`, to: 'users', id }))),
      ...overrides.map(({ user_id: id }, i) => ({ field: `overrides[${i}].user_id`, to: 'users', id })),
    ];
    await requireReferences(context, references);
  },
});
