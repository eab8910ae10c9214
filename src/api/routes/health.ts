import { createRoute, z } from '@hono/zod-openapi';
import type { ApiDeps } from '../deps.ts';
import { jsonResponse } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const Live = z.object({ status: z.literal('ok') });
const Ready = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    not_ready: z.array(z.string()).openapi({ description: 'What is not ready: `postgres`, `migrations`, `temporal`.' }),
  })
  .openapi('Readiness');

const live = createRoute({
  method: 'get',
  path: '/live',
  tags: ['health'],
  summary: 'Check liveness',
  description:
    'Returns 200 as long as the process is running. It does not look at Postgres or Temporal; restart the process when it stops answering.',
  security: [],
  responses: { 200: jsonResponse(Live, 'The process is running.') },
});
const ready = createRoute({
  method: 'get',
  path: '/ready',
  tags: ['health'],
  summary: 'Check readiness',
  description:
    'Checks that Postgres and Temporal can be reached and that the database is migrated. Each check has two seconds; send requests elsewhere while it returns 503.',
  security: [],
  responses: {
    200: jsonResponse(Ready, 'Everything is ready.'),
    503: jsonResponse(Ready, 'Something is not ready; `not_ready` says what.'),
  },
});

const timeoutMs = 2_000;

/** Mounted at /health. */
export function createHealthRoutes(deps: ApiDeps) {
  const router = createRouter();
  router.openapi(live, (c) => c.json({ status: 'ok' as const }, 200));
  router.openapi(ready, async (c) => {
    c.header('Cache-Control', 'no-store');
    const [store, temporal] = await Promise.all([
      within(notReadyInStore(deps), ['postgres']),
      within(
        deps.temporalReachable().then((reachable) => (reachable ? [] : ['temporal'])),
        ['temporal'],
      ),
    ]);
    const notReady = [...store, ...temporal];
    return notReady.length === 0
      ? c.json({ status: 'ready' as const, not_ready: notReady }, 200)
      : c.json({ status: 'not_ready' as const, not_ready: notReady }, 503);
  });
  return router;
}

async function notReadyInStore({ database }: ApiDeps): Promise<string[]> {
  await database.pool.query('select 1');
  const pending = await database.orm.migrator.getPending();
  return pending.length === 0 ? [] : ['migrations'];
}

/** What the check says, or `otherwise` when it fails or takes too long. */
async function within(check: Promise<string[]>, otherwise: string[]): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string[]>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), timeoutMs);
  });
  try {
    return await Promise.race([check.catch(() => otherwise), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
