import { createHash } from 'node:crypto';
import { connect, type AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { ApiDeps } from '../../src/api/deps.ts';
import { createHttpServer } from '../../src/api/http-server.ts';
import { onError } from '../../src/api/problem.ts';
import { createRouter } from '../../src/api/router.ts';
import { readConfig } from '../../src/config.ts';
import { createWebhookRoutes, createWebhooks } from '../../src/api/routes/webhooks.ts';
import { createRegistry, type Registry } from '../../src/connectors/registry.ts';
import { openDatabase } from '../../src/db/database.ts';
import { ensureEssentials } from '../../src/db/ensure-essentials.ts';
import { createIntake } from '../../src/intake/create-intake.ts';
import type { Intake } from '../../src/intake/intake.ts';
import { createMetrics, type Metrics } from '../../src/observe/metrics.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** The real routes on a real socket before a real Postgres. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly database: TestDatabase;
  readonly metrics: Metrics;
  /** What was logged, line by line. */
  readonly logged: string[];
  /** Makes an alert source the only one of its type; null is an open one. */
  secure(source: string, secrets: { secret?: string; signing?: string } | null): Promise<string>;
  post(source: string, body: string | Uint8Array, headers?: Record<string, string>): Promise<Answer>;
  /** Bytes as they are, for what no client would send. Gives back the whole answer. */
  raw(bytes: readonly (string | Uint8Array)[]): Promise<string>;
  count(table: 'alerts' | 'rejected_payloads' | 'incidents'): Promise<number>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line no-explicit-any -- tests look into JSON
  readonly body: any;
  readonly tookMs: number;
}

const secrets = createSecretBox({ key: 'a key for tests only', oldKeys: [] });

export interface ReceiverOptions {
  readonly now?: () => number;
  readonly intake?: Intake;
  readonly registry?: Registry;
  /** Alert sources are as in a new installation; otherwise an admin has opened them. */
  readonly closed?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  /** Where the routes find Postgres, given where it is. */
  readonly through?: (url: URL) => Promise<URL>;
}

export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const database = await createTestDatabase({ connectTimeoutMs: 1_000 });
  const registry = options.registry ?? createRegistry({ mail: null });
  await ensureEssentials(database.pool, { admin: { username: 'admin', passwordHash: null }, sources: registry.sources() });
  if (options.closed !== true) await database.pool.query('update alert_sources set open = true');
  const seen =
    options.through === undefined
      ? database
      : await openDatabase((await options.through(new URL(database.url))).href, { connectTimeoutMs: 1_000 });
  const metrics = createMetrics();
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
  const intake = options.intake ?? createIntake({ database: seen, log, metrics });
  const config = readConfig({ IMAS_BASE_URL: 'https://imas.test', ...options.settings });
  const deps = { config, database: seen, intake, metrics, registry, log, secrets } as unknown as ApiDeps;
  const app = createRouter();
  app.onError(onError);
  const webhooks = createWebhooks(deps, { now: options.now, settingsFreshForMs: 0 });
  app.route('/api/v1/webhooks', createWebhookRoutes(webhooks));
  const server = createHttpServer({ fetch: app.fetch, webhooks });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${port}/api/v1/webhooks`;

  return {
    url,
    port,
    database,
    metrics,
    logged,
    async secure(source, given) {
      await database.pool.query('delete from alert_sources where source = $1', [source]);
      const hash = given?.secret === undefined ? null : createHash('sha256').update(given.secret).digest();
      const { rows } = await database.pool.query<{ id: string }>(
        'insert into alert_sources (name, source, secret_hash, open) values (gen_random_uuid(), $1, $2, $3) returning id',
        [source, hash, given === null],
      );
      const id = rows[0]?.id as string;
      if (given?.signing !== undefined) {
        const sealed = secrets.seal(given.signing, `integrations/${id}/signing_secret`);
        await database.pool.query('update alert_sources set signing_secret = $2 where id = $1', [id, sealed]);
      }
      return id;
    },
    async post(source, body, headers = {}) {
      const startedAt = performance.now();
      const response = await fetch(`${url}/${source}`, {
        method: 'POST',
        body: body as RequestBody,
        headers: { 'content-type': 'application/json', ...headers },
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? null : JSON.parse(text),
        tookMs: performance.now() - startedAt,
      };
    },
    raw(bytes) {
      return new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1');
        let answer = '';
        socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
        socket.on('error', (error: NodeJS.ErrnoException) => (answer === '' ? reject(error) : resolve(answer)));
        socket.on('close', () => resolve(answer));
        for (const part of bytes) socket.write(part);
      });
    },
    async count(table) {
      const { rows } = await database.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`);
      return rows[0]?.n as number;
    },
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await intake.close();
      if (seen !== database) await seen.close();
      await database.close();
    },
  };
}

type RequestBody = NonNullable<NonNullable<Parameters<typeof fetch>[1]>['body']>;
