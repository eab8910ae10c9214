import { z } from '@hono/zod-openapi';
import { TeamMemberSchema } from '../../db/entities/team-member.ts';
import { type Team, TeamSchema } from '../../db/entities/team.ts';
import type { Collection } from '../collection.ts';
import { invalid } from '../problem.ts';
import { refsOf, requireReferences } from '../references.ts';
import { checkContactMethods, ContactMethods } from './contact-methods.ts';
import { Description, given, Id, Name, presentRow, RefRead, rowRead } from './field-shapes.ts';

const Role = z.enum(['lead', 'member']);

const fields = z.strictObject({
  name: Name,
  description: Description,
  /** The team's own channels. */
  contact_methods: ContactMethods,
  /** All of them: those left out leave the team. */
  members: z.array(z.strictObject({ user: Id, role: Role.default('member') })).max(500),
});

const TeamRead = z
  .object({
    ...rowRead,
    name: z.string(),
    description: z.string(),
    contact_methods: ContactMethods,
    members: z.array(z.object({ user: RefRead, role: Role })),
  })
  .openapi('Team');

export const teams: Collection<Team, typeof TeamRead, typeof fields> = {
  path: 'teams',
  one: 'team',
  entity: TeamSchema,
  read: TeamRead,
  fields,
  required: ['name'],
  searchIn: ['name', 'description'],
  filters: { name: { schema: z.string(), property: 'name' } },
  orderings: { name: 'name', created_at: 'createdAt' },

  async present(rows, { em }) {
    const members = await em.find(TeamMemberSchema, { teamId: { $in: rows.map((row) => row.id) } });
    const user = await refsOf(
      em,
      'users',
      members.map((member) => member.userId),
    );
    return rows.map((row) => ({
      ...presentRow(row),
      name: row.name,
      description: row.description,
      contact_methods: row.contactMethods.map((method) => ({ ...method, severities: [...method.severities] })),
      members: members
        .filter((member) => member.teamId === row.id)
        .map((member) => ({ user: user(member.userId) ?? { id: member.userId, name: '' }, role: member.role }))
        .sort((a, b) => a.role.localeCompare(b.role) || a.user.name.localeCompare(b.user.name)),
    }));
  },

  async columns(body, { em, deps }) {
    const members = body.members ?? [];
    const twice = members.findIndex((member, i) => members.findIndex((other) => other.user === member.user) !== i);
    if (twice >= 0) throw invalid([{ field: `members[${twice}].user`, reason: 'is named twice' }]);
    await requireReferences(
      em,
      members.map((member, i) => ({ field: `members[${i}].user`, table: 'users', id: member.user })),
    );
    await checkContactMethods(em, deps.registry, body.contact_methods);
    return given({ name: body.name, description: body.description, contactMethods: body.contact_methods });
  },

  async afterWrite(body, { em, id }) {
    if (body.members === undefined) return;
    await em.nativeDelete(TeamMemberSchema, { teamId: id });
    if (body.members.length > 0) {
      await em.insertMany(
        TeamMemberSchema,
        body.members.map(({ user, role }) => ({ teamId: id, userId: user, role })),
      );
    }
  },
};
