import { createRoute, z } from '@hono/zod-openapi';
import { z as plain } from 'zod';
import { appManifests, typeOf, type NotifyingConnector } from '../../connectors/registry.ts';
import { destinationFields, secretFieldNames } from '../../connectors/secret.ts';
import type { ApiDeps } from '../deps.ts';
import { jsonResponse, listOf, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const ProviderTypeRead = z
  .object({
    type: z.string(),
    title: z.string(),
    about: z.string().openapi({ description: 'What it is for and how to set it up at the vendor, in Markdown.' }),
    medium: z.enum(['chat', 'mail', 'sms', 'push', 'webhook']),
    config_schema: z.record(z.string(), z.unknown()).openapi({ description: 'JSON Schema (2020-12) of `config`.' }),
    secret_fields: z.array(z.string()).openapi({ description: 'Fields of `config` that are masked when read.' }),
    destination_fields: z.array(z.string()).openapi({
      description: 'Fields of `config` that say where or how secrets are sent: when one changes, secrets must be entered again.',
    }),
    makes_war_rooms: z.boolean(),
  })
  .openapi('ProviderType');

const list = createRoute({
  method: 'get',
  path: '/',
  tags: ['providers'],
  summary: 'List provider types',
  description: 'Lists the types of providers that can be created, each with the JSON Schema of its `config` and setup instructions.',
  responses: { 200: jsonResponse(listOf(ProviderTypeRead, 'ProviderTypeList'), 'All provider types, on one page.'), ...problems(401) },
});

const manifest = createRoute({
  method: 'get',
  path: '/SLACK/manifest',
  tags: ['providers'],
  summary: 'Retrieve the Slack app manifest',
  description:
    'Returns the manifest of the Slack app for this installation, with its own addresses: paste it under "From a manifest" at api.slack.com/apps. With `socket_mode=true`, the app needs no address that Slack can reach.',
  request: { query: z.object({ socket_mode: z.enum(['true', 'false']).default('false') }) },
  responses: { 200: jsonResponse(z.record(z.string(), z.unknown()).openapi('SlackManifest'), 'The manifest.'), ...problems(401, 422) },
});

/** Mounted at /api/v1/provider-types. */
export function createProviderTypeRoutes({ registry, config: { baseUrl } }: Pick<ApiDeps, 'registry' | 'config'>) {
  const results = registry.notifiers().map(present);
  return createRouter()
    .openapi(list, (c) => c.json({ count: results.length, next: null, previous: null, results }, 200))
    .openapi(manifest, (c) => c.json({ ...appManifests.slack({ baseUrl, socketMode: c.req.valid('query').socket_mode === 'true' }) }, 200));
}

function present(connector: NotifyingConnector): z.infer<typeof ProviderTypeRead> {
  const { config } = connector;
  return {
    type: typeOf(connector),
    title: connector.title,
    about: connector.about,
    medium: connector.notify.medium,
    config_schema: config === undefined ? {} : { ...plain.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }) },
    secret_fields: config === undefined ? [] : secretFieldNames(config),
    destination_fields: config === undefined ? [] : [...destinationFields(config).keys()],
    makes_war_rooms: connector.rooms !== undefined,
  };
}
