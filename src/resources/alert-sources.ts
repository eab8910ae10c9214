import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { Registry } from '../connectors/registry.ts';
import { SourceType, sourceTypes } from './connector-types.ts';
import { derived, field, secret } from './field-map/field.ts';
import { defineResource } from './field-map/resource.ts';
import { isActive, name } from './shared-fields.ts';

const Secret = z.string().min(8, 'must have at least 8 characters').max(1_000);

/** Some systems send to the address of another. */
const addressOf = (registry: Registry, source: string): string => registry.byId(source)?.alerts?.shares?.address ?? source;

export const alertSources = defineResource({
  path: 'alert-sources',
  one: 'alert source',
  about: 'An alert source lets one monitoring system send alerts, with a secret of its own.',
  fields: {
    name: name('What sends its alerts here, for example Alertmanager Paris.'),
    source: field({
      label: 'Source',
      help: 'The kind of system, which decides how alerts are read.',
      schema: SourceType,
      choices: sourceTypes,
      required: true,
    }),
    secret: secret({
      label: 'Secret',
      help: 'What the sender gives as `Authorization: Bearer <secret>`. Without one, anybody who can reach the address can send alerts.',
      schema: Secret,
      column: { name: 'secret_hash', type: 'bytea' },
      store: (text) => createHash('sha256').update(text).digest(),
    }),
    signing_secret: secret({
      label: 'Signing Secret',
      help: 'The key of the sender’s own signature header, accepted instead of the secret.',
      schema: Secret,
      column: { name: 'signing_secret', type: 'text' },
      store: (text, { id, secrets }) => secrets.seal(text, `integrations/${id}/signing_secret`),
    }),
    is_active: isActive('Alerts from an inactive source are refused.'),
    webhook_url: derived({ label: 'Webhook URL', help: 'Where the system has to send its alerts.', schema: z.string() }),
  },
  searchBy: ['name', 'source'],
  filterBy: ['name', 'source', 'is_active'],
  orderBy: ['name', 'source', 'created_at'],
  unique: 'name',
  example: { name: 'Alertmanager Paris', source: 'alertmanager', secret: 'a long random text' },

  async present(rows, { baseUrl, registry }) {
    return rows.map(({ source }) => ({ webhook_url: `${baseUrl}/api/v1/webhooks/${addressOf(registry, source)}/` }));
  },
});
