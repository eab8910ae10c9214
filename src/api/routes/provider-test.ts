import { randomUUID } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Notification, SendResult } from '../../connectors/connector.ts';
import { InvalidConfig, openConfig } from '../../connectors/stored-config.ts';
import { type Provider, ProviderSchema } from '../../db/entities/provider.ts';
import { EgressFailed, EgressRefused } from '../../egress/egress.ts';
import { SecretUnreadable } from '../../secrets/secret-box.ts';
import type { CollectionDeps } from '../collection.ts';
import { optionalBody } from '../optional-body.ts';
import { invalid, notFound } from '../problem.ts';
import { IdParam, jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const TestResult = z
  .object({
    outcome: z.enum(['sent', 'failed']),
    /** What the vendor answered, when it was sent. */
    receipt: z.string().nullable(),
    /** The cause, and what helps. */
    reason: z.string().nullable(),
    cure: z.string().nullable(),
    took_ms: z.number().int(),
  })
  .openapi('ProviderTestResult');

const test = createRoute({
  method: 'post',
  path: '/{id}/test',
  tags: ['providers'],
  summary: 'Send a SEV4_LOW "Test Notification", and say what came back',
  middleware: optionalBody,
  request: {
    params: IdParam,
    body: {
      required: false,
      content: {
        'application/json': {
          schema: z.strictObject({ address: z.string().trim().min(1).max(500).nullable().optional() }).openapi('ProviderTest'),
        },
      },
    },
  },
  responses: { 200: jsonResponse(TestResult, 'It was tried: the outcome says how it went.'), ...problems(401, 403, 404, 422) },
});

const timeoutMs = 20_000;

/** Mounted at /api/v1/providers, beside the collection. */
export function createProviderTestRoutes(deps: CollectionDeps) {
  return createRouter().openapi(test, async (c) => {
    const em = deps.database.orm.em.fork() as EntityManager;
    const provider = await em.findOne(ProviderSchema, { id: c.req.valid('param').id });
    if (provider === null) throw notFound('provider');
    const body = c.req.valid('json') as { address?: string | null } | undefined;
    const address = body?.address ?? null;
    const problem = address === null ? null : deps.connectors.connectorFor(provider.type)?.notify?.checkAddress?.(address);
    if (problem) throw invalid([{ field: 'address', reason: problem }]);
    const startedAtMs = Date.now();
    const result = await trySending(deps, provider, address);
    return c.json(
      {
        outcome: result.outcome,
        receipt: result.outcome === 'sent' ? result.receipt : null,
        reason: result.outcome === 'failed' ? result.reason : null,
        cure: result.outcome === 'failed' ? (result.cure ?? null) : null,
        took_ms: Date.now() - startedAtMs,
      },
      200,
    );
  });
}

async function trySending(deps: CollectionDeps, provider: Provider, address: string | null): Promise<SendResult> {
  const connector = deps.connectors.connectorFor(provider.type);
  const notify = connector?.notify;
  if (connector === undefined || notify === undefined) return failed('This version does not know this kind of provider.');
  try {
    return await notify.send({
      config: openConfig(connector, provider.id, provider.config, deps.secrets),
      address,
      notification: testNotification(deps.config.baseUrl, new Date()),
      deliveryId: `test-${randomUUID()}`,
      egress: deps.egress,
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    if (error instanceof EgressRefused || error instanceof EgressFailed) return failed(error.message);
    if (error instanceof SecretUnreadable) return failed('Its secrets cannot be read with the present key.', 'Enter them again.');
    if (error instanceof InvalidConfig) return failed('Its stored configuration is not complete.', 'Check its fields and save it.');
    if (error instanceof Error && error.name === 'TimeoutError')
      return failed(`No answer within ${timeoutMs / 1000} s.`, 'Check host, port and network.');
    deps.log.error({ err: error, providerType: provider.type }, 'provider test failed');
    return failed('It failed for a reason that is not known here; the log has it.');
  }
}

const failed = (reason: string, cure?: string): SendResult => ({
  outcome: 'failed',
  permanent: true,
  reason,
  ...(cure === undefined ? {} : { cure }),
});

function testNotification(baseUrl: string, at: Date): Notification {
  return {
    purpose: 'test',
    event: 'incident.created',
    incident: {
      id: '00000000-0000-4000-8000-000000000000',
      shortId: 'INC-TEST00',
      title: 'Test Notification',
      description: 'Sent by hand to see whether this provider works. Nothing is wrong.',
      severity: 'SEV4_LOW',
      status: 'TRIGGERED',
      service: { id: '00000000-0000-4000-8000-000000000000', name: 'test' },
      team: null,
      assignee: null,
      createdAt: at.toISOString(),
      url: `${baseUrl}/dashboard/`,
      links: { document: null, warRoom: null, runbook: null },
    },
    reason: 'Someone asked for a test',
    comment: null,
    timestamp: at.toISOString(),
  };
}
