import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { Pool } from 'pg';
import { loadConfig } from '../src/config.ts';

/**
 * What intake is measured against, on the same server library: `/bare` reads the body and answers 202; `/insert` reads the JSON
 * and writes one row a request, waiting for its commit.
 */
const config = loadConfig();
const pool = new Pool({ connectionString: config.databaseUrl as string, max: 20 });
await pool.query(
  `create table if not exists bench_inserts (id uuid primary key, received_at timestamptz not null default now(), payload json)`,
);

const app = new Hono();
app.post('/bare', async (c) => {
  await c.req.arrayBuffer();
  return c.json({ accepted: 1 }, 202);
});
app.post('/insert', async (c) => {
  const body = await c.req.json<{ alerts: { fingerprint: string; status: string; startsAt: string }[] }>();
  for (const alert of body.alerts) {
    const key = `${alert.fingerprint} ${alert.status} ${alert.startsAt}`;
    await pool.query({
      name: 'insert',
      text: 'insert into bench_inserts (id, payload) values ($1, $2) on conflict do nothing',
      values: [createHash('md5').update(key).digest('hex'), JSON.stringify(alert)],
    });
  }
  return c.json({ accepted: body.alerts.length }, 202);
});

createServer(getRequestListener(app.fetch)).listen(config.port, '127.0.0.1', () => process.send?.('ready'));
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
