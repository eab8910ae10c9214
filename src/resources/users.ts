import { z } from '@hono/zod-openapi';
import { hashPassword } from '../secrets/password.ts';
import { checkContactMethods, contactMethods } from './contact-methods.ts';
import { field, secret } from './field-map/field.ts';
import { conflict } from './field-map/refusal.ts';
import { type Context, defineResource } from './field-map/resource.ts';
import { isActive, Phone, TimeZone } from './shared-fields.ts';

export const users = defineResource({
  path: 'users',
  one: 'user',
  about: 'A user is a person who signs in, goes on call and is notified.',
  titleSql: `coalesce(nullif(display_name, ''), username)`,
  mentionsSql: `select 'the contact methods of user ' || username from users, wanted
    where position(wanted.id in contact_methods::text) > 0 and users.id::text <> wanted.id`,
  fields: {
    username: field({
      label: 'Username',
      help: 'What they sign in with. Unique, in any case.',
      schema: z.string().trim().min(1).max(150),
      required: true,
    }),
    email: field({ label: 'Email', help: 'Their mail address.', schema: z.email('must be a mail address').nullable() }),
    display_name: field({
      label: 'Display Name',
      help: 'How others see them; the username when empty.',
      schema: z.string().trim().max(200),
      default: '',
    }),
    phone: field({
      label: 'Phone',
      help: 'An international number (E.164), as +33612345678.',
      schema: Phone.nullable(),
    }),
    password: secret({
      label: 'Password',
      help: 'At least 8 characters. A new one ends all their sessions and tokens; null stops them from signing in with a password.',
      schema: z.string().min(8, 'must have at least 8 characters').max(1024),
      column: { name: 'password_hash', type: 'text' },
      store: (password) => hashPassword(password),
    }),
    is_active: isActive('Inactive users cannot sign in and are not notified. Deactivating ends their sessions and tokens.'),
    is_staff: field({ label: 'Is Staff', help: 'Staff may change configuration.', schema: z.boolean(), default: false }),
    language: field({
      label: 'Language',
      help: 'Of the notifications they get: en or fr. English when empty.',
      schema: z.enum(['en', 'fr']).nullable(),
    }),
    time_zone: field({
      label: 'Time Zone',
      help: 'Of the times in their notifications, as Europe/Paris. UTC when empty.',
      schema: TimeZone.nullable(),
    }),
    tell_when_taken: field({
      label: 'Tell When Taken',
      help: 'Whether they are told, after a page, that somebody else has acknowledged the incident.',
      schema: z.boolean(),
      default: true,
    }),
    contact_methods: contactMethods('How to reach them, in order of preference.'),
  },
  searchBy: ['username', 'display_name', 'email'],
  filterBy: ['username', 'email', 'is_active', 'is_staff'],
  orderBy: ['username', 'display_name', 'created_at'],
  unique: 'username',
  example: { username: 'ann', display_name: 'Ann Arden', email: 'ann@example.com', phone: '+33612345678' },
  refused: {
    update: 'The last active staff user cannot be deactivated or lose staff rights (409).',
    delete: 'The last active staff user cannot be deleted (409).',
  },

  async beforeWrite(given, context) {
    await checkContactMethods(context, given.contact_methods);
    if (context.row !== null && (given.is_active === false || given.is_staff === false)) await keepOneStaff(context.row, context);
  },

  async afterWrite(given, { em, id }) {
    if (given.password !== undefined || given.is_active === false) await em.execute('delete from tokens where user_id = ?', [id]);
  },

  beforeDelete: keepOneStaff,
});

/** Else nobody could ever change configuration again. */
async function keepOneStaff(row: { readonly id: string }, { em }: Context): Promise<void> {
  const staff = await em.execute<{ id: string }[]>('select id from users where is_staff and is_active');
  if (staff.every(({ id }) => id === row.id) && staff.length > 0) throw conflict('This is the last active staff user.');
}
