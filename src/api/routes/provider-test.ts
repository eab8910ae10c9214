import { createRoute, z } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import { anyReader } from '../../domain/reader.ts';
import { providers } from '../../resources/providers.ts';
import type { ApiDeps } from '../deps.ts';
import { optionalBody } from '../optional-body.ts';
import { invalid, notFound } from '../problem.ts';
import { IdParam, jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { sendTest, TestResult } from '../test-message.ts';

const test = createRoute({
  method: 'post',
  path: '/{id}/test',
  tags: ['providers'],
  summary: 'Test a provider',
  description:
    'Sends a SEV4_LOW notification titled "Test Notification" and waits up to 28 seconds for the result. The status is 200 whether it was sent or failed: see `outcome`. The `address` is needed where the provider has none of its own, for example a mail address. Returns 404 if there is no such provider, and 422 if the address is not valid.',
  middleware: optionalBody,
  request: {
    params: IdParam,
    body: {
      required: false,
      content: {
        'application/json': {
          schema: z.strictObject({ address: z.string().trim().min(1).max(500).nullable().optional() }).openapi('ProviderTest'),
          example: { address: 'ann@example.com' },
        },
      },
    },
  },
  responses: { 200: jsonResponse(TestResult, 'The result of the test, sent or failed.'), ...problems(401, 403, 404, 422) },
});

/** Mounted at /api/v1/providers, beside the collection. */
export function createProviderTestRoutes(deps: ApiDeps) {
  return createRouter().openapi(test, async (c) => {
    const em = deps.database.orm.em.fork() as EntityManager;
    const provider = await em.findOne(providers.entity, { id: c.req.valid('param').id });
    if (provider === null) throw notFound('provider');
    const body = c.req.valid('json') as { address?: string | null } | undefined;
    const address = body?.address ?? null;
    const checked = address === null ? null : deps.registry.byType(provider.type)?.notify?.address?.safeParse(address);
    if (checked?.error) throw invalid(checked.error.issues.map(({ message }) => ({ field: 'address', reason: message })));
    const to = { providerId: provider.id, providerType: provider.type, userId: null, address, reader: anyReader };
    return c.json(await sendTest(deps, to), 200);
  });
}
