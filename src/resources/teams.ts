import { z } from '@hono/zod-openapi';
import { defineEntity, p } from '@mikro-orm/core';
import { checkContactMethods, contactMethods } from './contact-methods.ts';
import { elsewhere, field, reference } from './field-map/field.ts';
import { refsOf, requireReferences } from './field-map/references.ts';
import { invalid } from './field-map/refusal.ts';
import { defineResource } from './field-map/resource.ts';
import { Id, RefRead } from './field-map/shapes.ts';
import { description, name } from './shared-fields.ts';

const Role = z.enum(['lead', 'member']);

const TeamMemberSchema = defineEntity({
  name: 'TeamMember',
  tableName: 'team_members',
  primaryKeys: ['teamId', 'userId'],
  properties: {
    teamId: p.uuid().primary(),
    userId: p.uuid().primary(),
    role: p.enum(Role.options),
  },
});

export const teams = defineResource({
  path: 'teams',
  one: 'team',
  about: 'A team owns services and answers for their incidents.',
  mentionsSql: `select 'the contact methods of team ' || name from teams, wanted where position(wanted.id in contact_methods::text) > 0`,
  moreEntities: [TeamMemberSchema],
  fields: {
    name: name('The team’s name, for example SRE Core.'),
    description: description('What the team looks after.'),
    slack_channel_id: field({
      label: 'Slack Channel ID',
      help: 'Where the team is notified, as C0123456789: in Slack, open the channel’s details, at the bottom of About.',
      schema: z
        .string()
        .trim()
        .regex(/^[CG][A-Z0-9]{6,20}$/, 'must be a channel’s ID as C0123456789')
        .nullable(),
    }),
    current_on_call: reference({
      label: 'Current On-Call',
      help: 'Who is on call for the team. Without one, whoever the team’s schedules say.',
      to: 'users',
      nullable: true,
    }),
    contact_methods: contactMethods('The team’s own channels, in order of preference.'),
    members: elsewhere({
      label: 'Members',
      help: 'Everyone on the team: whoever is left out leaves it.',
      schema: z.array(z.strictObject({ user: Id, role: Role.default('member') })).max(500),
      read: z.array(z.object({ user: RefRead, role: Role })),
      default: [],
    }),
  },
  searchBy: ['name', 'description'],
  filterBy: ['name'],
  orderBy: ['name', 'created_at'],
  unique: 'name',
  example: {
    name: 'SRE Core',
    description: 'Keeps production running.',
    slack_channel_id: 'C0123456789',
    members: [{ user: '7d9b6c1e-3f52-4c0e-9a43-2f1f6a1f0c11', role: 'lead' }],
  },

  async present(rows, context) {
    const members = await context.em.find(TeamMemberSchema, { teamId: { $in: rows.map((row) => row.id) } });
    const user = await refsOf(
      context,
      'users',
      members.map((member) => member.userId),
    );
    return rows.map((row) => ({
      members: members
        .filter((member) => member.teamId === row.id)
        .map((member) => ({ user: user(member.userId) ?? { id: member.userId, name: '' }, role: member.role }))
        .sort((a, b) => a.role.localeCompare(b.role) || a.user.name.localeCompare(b.user.name)),
    }));
  },

  async beforeWrite(given, context) {
    const members = given.members ?? [];
    const twice = members.findIndex((member, i) => members.findIndex((other) => other.user === member.user) !== i);
    if (twice >= 0) throw invalid([{ field: `members[${twice}].user`, reason: 'is named twice' }]);
    await requireReferences(
      context,
      members.map((member, i) => ({ field: `members[${i}].user`, to: 'users', id: member.user })),
    );
    await checkContactMethods(context, given.contact_methods);
  },

  async afterWrite(given, { em, id }) {
    if (given.members === undefined) return;
    await em.nativeDelete(TeamMemberSchema, { teamId: id });
    if (given.members.length === 0) return;
    await em.insertMany(
      TeamMemberSchema,
      given.members.map(({ user, role }) => ({ teamId: id, userId: user, role })),
    );
  },
});
