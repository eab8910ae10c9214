import { createRoute, z } from '@hono/zod-openapi';
import type { ApiDeps } from '../deps.ts';
import { jsonResponse } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const Live = z.object({ status: z.literal('ok') });
const Ready = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    /** Names of what is not ready: postgres, migrations, temporal. */
    not_ready: z.array(z.string()),
  })
  .openapi('Readiness');

const live = createRoute({
  method: 'get',
  path: '/live',
  tags: ['health'],
  summary: 'Whether the process runs',
  security: [],
  responses: { 200: jsonResponse(Live, 'It does.') },
});
const ready = createRoute({
  method: 'get',
  path: '/ready',
  tags: ['health'],
  summary: 'Whether everything it needs is there',
  security: [],
  responses: { 200: jsonResponse(Ready, 'All of it.'), 503: jsonResponse(Ready, 'Not all: see not_ready.') },
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
