import type { Pool } from 'pg';
import { incidentStatuses, severities } from '../../domain/vocabulary.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { peerOf } from '../auth/client-address.ts';
import { mayReadMetrics, metricsAccess } from '../../observe/metrics-access.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import { createRouter } from '../router.ts';

/** Mounted at /metrics: Prometheus' text format. What Postgres knows is read at each scrape. */
export function createMetricsRoutes({ config, database, metrics, log }: ApiDeps) {
  const router = createRouter();
  router.get('/', async (c) => {
    if (!mayReadMetrics(peerOf(c), c.req.header(), config.metricsToken)) {
      throw new Problem(401, metricsAccess, { headers: { 'WWW-Authenticate': 'Bearer realm="metrics"' } });
    }
    // A scrape while Postgres is away still tells what this process counted.
    await refreshGauges(database.pool, metrics).catch((error: unknown) => log.warn({ err: error }, 'gauges not refreshed'));
    return c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType });
  });
  return router;
}

async function refreshGauges(pool: Pool, metrics: Metrics): Promise<void> {
  const [open, outbox] = await Promise.all([
    pool.query<{ severity: string; status: string; count: number }>(
      `select severity, status, count(*)::int as count from incidents where status <> 'RESOLVED' group by 1, 2`,
    ),
    pool.query<{ rows: number; oldest: number }>(
      `select count(*)::int as rows, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as oldest from outbox`,
    ),
  ]);
  for (const severity of severities) {
    for (const status of incidentStatuses.filter((word) => word !== 'RESOLVED')) {
      const row = open.rows.find((entry) => entry.severity === severity && entry.status === status);
      metrics.openIncidents.set({ severity, status }, row?.count ?? 0);
    }
  }
  metrics.outboxRows.set(outbox.rows[0]?.rows ?? 0);
  metrics.outboxOldestSeconds.set(outbox.rows[0]?.oldest ?? 0);
}
