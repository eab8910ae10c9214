import { z } from '@hono/zod-openapi';
import { type Schedule, ScheduleSchema } from '../../db/entities/schedule.ts';
import type { Collection } from '../collection.ts';
import { type Reference, refsOf, requireReferences } from '../references.ts';
import { Description, given, Id, Name, presentRow, RefRead, rowRead } from './field-shapes.ts';

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as 09:00');
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
          /** 1 Monday to 7 Sunday. */
          days: z.array(z.number().int().min(1).max(7)).min(1),
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

const TimeZone = z.string().max(100).refine(isTimeZone, 'must be an IANA time zone as Europe/Paris');

const fields = z.strictObject({
  name: Name,
  description: Description,
  team: Id.nullable(),
  time_zone: TimeZone,
  layers: z.array(Layer).max(20),
  overrides: z.array(Override).max(500),
});

export const ScheduleRead = z
  .object({
    ...rowRead,
    name: z.string(),
    description: z.string(),
    team: RefRead.nullable(),
    time_zone: z.string(),
    layers: z.array(Layer),
    overrides: z.array(OverrideRead),
  })
  .openapi('Schedule');

export const schedules: Collection<Schedule, typeof ScheduleRead, typeof fields> = {
  path: 'schedules',
  one: 'schedule',
  entity: ScheduleSchema,
  read: ScheduleRead,
  fields,
  required: ['name'],
  searchIn: ['name', 'description'],
  filters: {
    name: { schema: z.string(), property: 'name' },
    team: { schema: Id, property: 'teamId' },
    time_zone: { schema: z.string(), property: 'timeZone' },
  },
  orderings: { name: 'name', created_at: 'createdAt' },

  async present(rows, { em }) {
    const team = await refsOf(
      em,
      'teams',
      rows.map((row) => row.teamId ?? null),
    );
    return rows.map((row) => ({
      ...presentRow(row),
      name: row.name,
      description: row.description,
      team: team(row.teamId ?? null),
      time_zone: row.timeZone,
      // As it was checked when it was written.
      layers: row.layers as z.infer<typeof Layer>[],
      overrides: row.overrides.map((override) => ({ ...override })),
    }));
  },

  async columns(body, { em }) {
    const references: Reference[] = [];
    if (body.team) references.push({ field: 'team', table: 'teams', id: body.team });
    body.layers?.forEach((layer, i) =>
      layer.users.forEach((id, j) => references.push({ field: `layers[${i}].users[${j}]`, table: 'users', id })),
    );
    body.overrides?.forEach(({ user_id: id }, i) => references.push({ field: `overrides[${i}].user_id`, table: 'users', id }));
    await requireReferences(em, references);
    return given({
      name: body.name,
      description: body.description,
      teamId: body.team,
      timeZone: body.time_zone,
      layers: body.layers,
      overrides: body.overrides,
    });
  },
};

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
