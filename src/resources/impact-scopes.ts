import { z } from '@hono/zod-openapi';
import { field } from './field-map/field.ts';
import { defineResource } from './field-map/resource.ts';
import { description, isActive, name, Phone } from './shared-fields.ts';

export const impactScopes = defineResource({
  path: 'impact-scopes',
  one: 'impact scope',
  about: 'An impact scope is a cross-cutting concern such as Security or Legal, with the people to tell when an incident touches it.',
  fields: {
    name: name('The concern, for example Security.'),
    description: description('What belongs to this scope and who answers for it.'),
    emails: field({
      label: 'Emails',
      help: 'Mail addresses that are notified of every incident with this scope.',
      schema: z.array(z.email('must be a mail address')).max(50),
      column: { type: 'text[]' },
      default: [],
    }),
    phones: field({
      label: 'Phones',
      help: 'International numbers (E.164) that get an SMS about every SEV1 and SEV2 incident with this scope.',
      schema: z.array(Phone).max(50),
      column: { type: 'text[]' },
      default: [],
    }),
    is_active: isActive('Inactive scopes are kept, but nobody is notified.'),
  },
  searchBy: ['name', 'description'],
  filterBy: ['name', 'is_active'],
  orderBy: ['name', 'created_at'],
  unique: 'name',
  example: { name: 'Security', description: 'Tells the CISO.', emails: ['ciso@example.com'], phones: ['+33612345678'] },
});
