import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Registry } from '../connectors/registry.ts';
import { connectorTypeSchemas } from '../resources/connector-types.ts';
import type { Catalogue } from '../resources/field-map/catalogue.ts';
import type { ApiEnv } from './env.ts';
import { introduction, tagsOf } from './introduction.ts';
import { webhookPaths } from './routes/webhooks.ts';
import { withSharedAnswers } from './shared-answers.ts';

/** The document of all routes, OpenAPI 3.1, with the trailing slash that the addresses are published with. */
export function openApiDocument(
  app: OpenAPIHono<ApiEnv>,
  { registry, catalogue, baseUrl }: { readonly registry: Registry; readonly catalogue: Catalogue; readonly baseUrl: string },
): Record<string, unknown> {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'IMAS',
      version: '1',
      description: introduction,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: baseUrl }],
    tags: tagsOf(catalogue),
    security: [{ token: [] }, { bearer: [] }, { session: [] }],
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...connectorTypeSchemas(registry) },
    securitySchemes: {
      token: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: '`Token <token>`, with a token from `POST /api/auth/token/`.',
      },
      bearer: {
        type: 'http',
        scheme: 'bearer',
        description: 'The same token as `Bearer <token>`. For webhooks: the secret of the alert source.',
      },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: '__Host-imas_session',
        description: 'The session cookie of the web pages, set by `POST /api/auth/session/`.',
      },
    },
  };
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => [withSlash(path), withAnswers(path, item)] as const);
  document.paths = { ...Object.fromEntries(paths), ...webhookPaths(registry.sources()) } as NonNullable<typeof document.paths>;
  return withNullableReferences(document) as Record<string, unknown>;
}

/**
 * A nullable reference comes as `allOf: [<reference>, {type: [<its type>, 'null']}]`, which null does not fit, since the
 * reference forbids it (JSON Schema 2020-12, 10.2.1.1). What is meant is either of the two.
 */
function withNullableReferences(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNullableReferences);
  if (typeof node !== 'object' || node === null) return node;
  const { allOf, ...rest } = node as { allOf?: readonly object[] };
  const [reference, nullable] = allOf ?? [];
  const { type, ...said } = (nullable ?? {}) as { type?: unknown };
  const isNullableReference =
    allOf?.length === 2 && reference !== undefined && '$ref' in reference && Array.isArray(type) && type.includes('null');
  if (isNullableReference) return { ...rest, ...said, anyOf: [reference, { type: 'null' }] };
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, withNullableReferences(value)]));
}

const withAnswers = (path: string, item: object): object =>
  Object.fromEntries(Object.entries(item).map(([method, operation]) => [method, withSharedAnswers(path, method, operation)]));

const withSlash = (path: string): string => (path.startsWith('/api/') && !/\.json$|\/$/.test(path) ? `${path}/` : path);
