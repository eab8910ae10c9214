import { randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { done, failedForNow, type Outcome, type Ref } from '../connectors/outcome.ts';
import type { DeliveryFacts } from '../delivery/ledger.ts';
import { testNotification } from '../delivery/test-notification.ts';
import type { Reader } from '../domain/reader.ts';
import { said } from '../domain/said.ts';
import type { ApiDeps } from './deps.ts';
import { presentSaid, SaidRead } from './said.ts';

export const TestResult = z
  .object({
    outcome: z.enum(['sent', 'failed']),
    receipt: z.string().nullable().openapi({ description: 'What the provider answered when it accepted the message.' }),
    reason: SaidRead.nullable().openapi({ description: 'Why it failed.' }),
    cure: SaidRead.nullable().openapi({ description: 'How to fix it.' }),
    took_ms: z.number().int(),
  })
  .openapi('ProviderTestResult');

/** A person waits before a page. */
const patienceMs = 28_000;

export type TestTo = Pick<DeliveryFacts, 'providerId' | 'providerType' | 'userId' | 'address'> & { readonly reader: Reader };

/** Sends the test message, and waits for what comes of it. */
export async function sendTest(deps: ApiDeps, to: TestTo): Promise<z.infer<typeof TestResult>> {
  const startedAtMs = Date.now();
  const result = await trySending(deps, to);
  return {
    outcome: result.ok ? 'sent' : 'failed',
    receipt: result.ok ? result.value.receipt : null,
    reason: result.ok ? null : presentSaid(result.reason),
    cure: result.ok || result.cure === null ? null : presentSaid(result.cure),
    took_ms: Date.now() - startedAtMs,
  };
}

async function trySending({ deliver, config }: ApiDeps, { reader, ...to }: TestTo): Promise<Outcome<Ref>> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const delivered = await deliver({
      ...to,
      deliveryId: `test-${randomUUID()}`,
      incidentId: null,
      purpose: 'test',
      compose: () => Promise.resolve({ notification: testNotification(config.baseUrl, new Date(), reader) }),
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
