import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type AppOptions, createApp } from '../../src/api/app.ts';
import { hashPassword } from '../../src/secrets/password.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { readConfig } from '../../src/config.ts';
import { createRegistry } from '../../src/connectors/registry.ts';
import { crowdLimits } from '../../src/delivery/crowd.ts';
import { createDeliver } from '../../src/delivery/deliver.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

export const baseUrl = 'http://imas.test';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into answers of every shape.
  // oxlint-disable-next-line no-explicit-any
  readonly body: any;
}

export interface Api {
  readonly database: TestDatabase;
  readonly deps: ApiDeps;
  readonly app: ReturnType<typeof createApp>;
  /** Ids of the users `ann` (staff) and `bob`. */
  readonly users: { readonly staff: string; readonly member: string };
  readonly policyId: string;
  readonly catchAllId: string;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface RequestOptions {
  readonly as?: 'staff' | 'member' | 'nobody';
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly raw?: string;
}

export const password = 'correct horse battery staple';

/** The API over a database of its own, with two users, a policy and the catch-all service. */
export async function startApi(overrides: Partial<ApiDeps> = {}, options: AppOptions = {}): Promise<Api> {
  const database = await createTestDatabase();
  const { pool } = database;
  const hash = await hashPassword(password);
  const { rows } = await pool.query<{ id: string }>(
    `insert into users (username, display_name, password_hash, is_staff) values ('ann', 'Ann', $1, true), ('bob', 'Bob', $1, false) returning id`,
    [hash],
  );
  const users = { staff: rows[0]!.id, member: rows[1]!.id };
  const document = {
    levels: [{ delay_seconds: 300, targets: [{ type: 'user', id: users.staff }] }],
    repeat: 1,
    fallback: [{ type: 'user', id: users.staff }],
    acknowledged_timeout_seconds: 0,
  };
  const { rows: policies } = await pool.query<{ id: string }>(
    `with p as (insert into escalation_policies (name) values ('Default') returning id)
     insert into escalation_policy_versions (policy_id, version, document) select id, 1, $1 from p returning policy_id as id`,
    [JSON.stringify(document)],
  );
  const policyId = policies[0]!.id;
  const { rows: services } = await pool.query<{ id: string }>(
    `insert into services (name, escalation_policy_id, is_catch_all) values ('Unrouted', $1, true) returning id`,
    [policyId],
  );
  const parts: Omit<ApiDeps, 'deliver'> = {
    config: readConfig({ IMAS_BASE_URL: baseUrl, DATABASE_URL: database.url }),
    database,
    secrets: notUsed('secrets'),
    egress: notUsed('egress'),
    intake: notUsed('intake'),
    incidents: notUsed('incidents'),
    registry: createRegistry({ mail: null }),
    metrics: createMetrics(),
    log: pino({ level: 'silent' }),
    temporalReachable: async () => true,
    ...overrides,
  };
  const deps: ApiDeps = { deliver: createDeliver({ ...parts, crowd: crowdLimits(0) }), ...parts };
  const pagesDir = await buildPages();
  const app = createApp(deps, { pagesDir, ...options });
  const tokens: Record<string, string> = {};

  async function call(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const as = options.as ?? 'staff';
    const headers: Record<string, string> = {};
    if (as !== 'nobody') headers['Authorization'] = `Token ${tokens[as]}`;
    if (options.json !== undefined || options.raw !== undefined) headers['Content-Type'] = 'application/json';
    const body = options.raw ?? (options.json === undefined ? null : JSON.stringify(options.json));
    const response = await app.request(path, { method, headers: { ...headers, ...options.headers }, body });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }
  for (const [as, username] of [
    ['staff', 'ann'],
    ['member', 'bob'],
  ] as const) {
    const answer = await call('POST', '/api/auth/token/', { as: 'nobody', json: { username, password } });
    tokens[as] = answer.body.token;
  }
  return {
    database,
    deps,
    app,
    users,
    policyId,
    catchAllId: services[0]!.id,
    request: call,
    async close() {
      await database.close();
      await rm(pagesDir, { recursive: true });
    },
  };
}

/** What a build of the pages leaves behind, small. */
async function buildPages(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'imas-pages-'));
  await mkdir(join(dir, 'assets'));
  await writeFile(join(dir, 'index.html'), '<!doctype html><title>pages</title>');
  await writeFile(join(dir, 'assets', 'main-1a2b3c.js'), 'export {};');
  await writeFile(join(dir, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  return dir;
}

/** A part that this test does not need: using it is a mistake that shows. */
function notUsed<T extends object>(name: string): T {
  return new Proxy({} as T, {
    get() {
      throw new Error(`${name} is not part of this test`);
    },
  });
}
