import { z } from '@hono/zod-openapi';
import type { Connector } from '../connectors/connector.ts';
import type { Registry } from '../connectors/registry.ts';
import { longestTemplate, placeholderNames, templateProblem } from '../connectors/wording.ts';
import { providerPlace } from '../connections/provider.ts';
import { InvalidConfig, maskConfig, sealConfig } from '../connections/stored-config.ts';
import { fieldPath } from '../domain/field-path.ts';
import { ProviderType, providerTypes } from './connector-types.ts';
import { field } from './field-map/field.ts';
import { invalid } from './field-map/refusal.ts';
import { defineResource, type RowOf } from './field-map/resource.ts';
import { Severity } from './field-map/shapes.ts';
import { description, isActive, name } from './shared-fields.ts';

export const providers = defineResource({
  path: 'providers',
  one: 'provider',
  about: 'A provider sends notifications: a mail server, a chat workspace, an SMS account or a webhook.',
  fields: {
    name: name('How timelines and forms call it, for example Slack Production.'),
    type: field({
      label: 'Type',
      help: 'What it sends with. `GET /api/v1/provider-types/` describes each type.',
      schema: ProviderType,
      choices: providerTypes,
      required: true,
    }),
    config: field({
      label: 'Config',
      help: 'As `GET /api/v1/provider-types/` describes it for the type. Secrets are stored encrypted and shown masked; a masked value means "as before".',
      schema: z.record(z.string(), z.unknown()),
      required: true,
    }),
    is_active: isActive('Nothing is sent by an inactive provider.'),
    description: description('What it is for, for example for the DPO and the CISO.'),
    every_incident: field({
      label: 'Every Incident',
      help: 'Whether its own channel, topic or URL is told of every new incident, in addition to what it is used for otherwise.',
      schema: z.boolean(),
      default: true,
    }),
    severities: field({
      label: 'Severities',
      help: 'The severities it is used for. Empty: all.',
      schema: z.array(Severity).max(4),
      column: { type: 'text[]' },
      default: [],
    }),
    title_template: field({
      label: 'Title Template',
      help: `The title of its messages in your own words, with placeholders such as {{incident.title}}; ours when null or empty. \`POST /api/v1/providers/{id}/preview\` shows what comes of it. Placeholders: ${placeholderNames.join(', ')}.`,
      schema: z.string().trim().max(longestTemplate.title).nullable(),
    }),
    body_template: field({
      label: 'Body Template',
      help: 'The text of its messages in your own words, with the same placeholders; ours when null or empty. A comment is told in our words, unless the template has {{comment.text}}.',
      schema: z.string().trim().max(longestTemplate.body).nullable(),
      isLong: true,
    }),
  },
  searchBy: ['name', 'type'],
  filterBy: ['name', 'type', 'is_active'],
  orderBy: ['name', 'type', 'created_at'],
  unique: 'name',
  example: {
    name: 'Mail',
    type: 'SMTP',
    config: { host: 'smtp.example.com', username: 'imas', password: 'secret', from_email: 'IMAS <imas@example.com>' },
  },
  refused: {
    update:
      'A new type needs its own config, and secrets must be entered again when a field changes that says where or how they are sent (422): see `destination_fields` of its type.',
  },

  async present(rows, { registry }) {
    return rows.map((row) => {
      const connector = registry.byType(row.type);
      // A type that this version does not know: nothing is known of which fields are secrets.
      return { config: connector === undefined ? {} : { ...maskConfig(connector, row.config) } };
    });
  },

  async beforeWrite({ type: wanted, config, ...given }, { id, row, registry, secrets }) {
    const templates = templatesOf(given);
    if (row !== null && wanted !== undefined && wanted !== row.type && config === undefined) {
      throw invalid([{ field: 'config', reason: 'is needed when the type changes' }]);
    }
    const type = wanted ?? row?.type;
    if (config === undefined || type === undefined) return templates;
    const before = row !== null && row.type === type ? row.config : {};
    const connector = notifierOf(registry, type);
    const whole = row === null && connector.complete !== undefined ? await connector.complete(config) : config;
    return { ...templates, config: sealed(() => sealConfig(connector, providerPlace(id), whole, secrets, before)) };
  },
});

export type Provider = RowOf<(typeof providers)['fields']>;

interface GivenTemplates {
  readonly title_template?: string | null | undefined;
  readonly body_template?: string | null | undefined;
}

/** Templates as they are kept: null for an empty one. @throws Refusal that names the field and the placeholder */
export function templatesOf(given: GivenTemplates): { title_template?: string | null; body_template?: string | null } {
  const problems = (['title_template', 'body_template'] as const).flatMap((name) => {
    const reason = templateProblem(given[name] ?? '');
    return reason === null ? [] : [{ field: name, reason }];
  });
  if (problems.length > 0) throw invalid(problems);
  return {
    ...(given.title_template !== undefined && { title_template: given.title_template || null }),
    ...(given.body_template !== undefined && { body_template: given.body_template || null }),
  };
}

/** @throws Refusal */
function notifierOf(registry: Registry, type: string): Connector {
  const connector = registry.byType(type);
  if (connector?.notify === undefined) throw invalid([{ field: 'type', reason: 'is of no known kind of provider' }]);
  return connector;
}

/** @throws Refusal that names the fields, never their values. */
function sealed(seal: () => Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    return { ...seal() };
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    throw invalid(
      error.problems.map(({ field: name, reason }) => ({
        field: name === 'config' ? name : fieldPath(['config', ...name.split('.')]),
        reason,
      })),
    );
  }
}
