import { randomUUID } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import { done, failedForNow, type Outcome, type Ref } from '../../connectors/outcome.ts';
import { testNotification } from '../../delivery/test-notification.ts';
import { anyReader } from '../../domain/reader.ts';
import { said } from '../../domain/said.ts';
import { type Provider, providers } from '../../resources/providers.ts';
import type { ApiDeps } from '../deps.ts';
import { optionalBody } from '../optional-body.ts';
import { invalid, notFound } from '../problem.ts';
import { IdParam, jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { presentSaid, SaidRead } from '../said.ts';

const TestResult = z
  .object({
    outcome: z.enum(['sent', 'failed']),
    receipt: z.string().nullable().openapi({ description: 'What the provider answered when it accepted the message.' }),
    reason: SaidRead.nullable().openapi({ description: 'Why it failed.' }),
    cure: SaidRead.nullable().openapi({ description: 'How to fix it.' }),
    took_ms: z.number().int(),
  })
  .openapi('ProviderTestResult');

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

/** A person waits before a page. */
const patienceMs = 28_000;

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
    const startedAtMs = Date.now();
    const result = await trySending(deps, provider, address);
    return c.json(
      {
        outcome: result.ok ? ('sent' as const) : ('failed' as const),
        receipt: result.ok ? result.value.receipt : null,
        reason: result.ok ? null : presentSaid(result.reason),
        cure: result.ok || result.cure === null ? null : presentSaid(result.cure),
        took_ms: Date.now() - startedAtMs,
      },
      200,
    );
  });
}

async function trySending({ deliver, config }: ApiDeps, provider: Provider, address: string | null): Promise<Outcome<Ref>> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const delivered = await deliver({
      deliveryId: `test-${randomUUID()}`,
      incidentId: null,
      providerId: provider.id,
      providerType: provider.type,
      userId: null,
      address,
      purpose: 'test',
      compose: () => Promise.resolve({ notification: testNotification(config.baseUrl, new Date(), anyReader) }),
      signal,
    });
    if (delivered.outcome === 'sent') return done(delivered.ref);
    if (delivered.outcome === 'failed') return delivered.failure;
    throw new Error(`a test was ${delivered.outcome}`);
  } catch (error) {
    if (signal.aborted) return failedForNow(said('cause.queued'));
    throw error;
  }
}
