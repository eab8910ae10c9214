import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from '../../src/embedded/postgres.ts';
import { startUp, type Up } from '../support/imas.ts';

export interface FuzzHouse {
  readonly url: string;
  readonly token: string;
  readonly logPath: string;
  stop(): Promise<void>;
}

const admin = { username: 'admin', password: 'a password for the fuzzing' };

/**
 * Everything as `imas up` starts it (API, worker, Temporal, Postgres, all real), with one account that the fuzzing can use
 * and not break: the store itself refuses to delete it, to switch it off, and to forget its token.
 */
export async function startFuzzHouse(): Promise<FuzzHouse> {
  const dir = await mkdtemp(join(tmpdir(), 'imas-fuzz-'));
  await chmod(dir, 0o755);
  const postgres = await startPostgres({
    dir: join(dir, 'postgres'),
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
  let up: Up | null = null;
  const stop = async (): Promise<void> => {
    up?.child.kill('SIGTERM');
    await up?.ended;
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('create database imas');
    await client.end();
    const databaseUrl = new URL(postgres.url);
    databaseUrl.pathname = '/imas';
    up = await startUp({
      IMAS_DATA_DIR: join(dir, 'data'),
      DATABASE_URL: databaseUrl.href,
      PORT: '0',
      IMAS_SECRET_KEY: 'a key for the fuzzing alone',
      IMAS_ADMIN_USERNAME: admin.username,
      IMAS_ADMIN_PASSWORD: admin.password,
      // Made-up providers must reach nothing here.
      IMAS_EGRESS_ALLOW: '192.0.2.1/32',
    });
    const token = await signIn(up.url);
    await protect(databaseUrl.href);
    return { url: up.url, token, logPath: join(dir, 'data', 'logs'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/token/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(admin),
  });
  if (answer.status !== 200) throw new Error(`the admin cannot sign in: ${answer.status}`);
  return ((await answer.json()) as { token: string }).token;
}

async function protect(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`
      create function keep_fuzz_token() returns trigger language plpgsql as $$ begin return null; end $$;
      create function keep_fuzz_user() returns trigger language plpgsql as $$
        begin raise exception 'kept for the fuzzing' using errcode = 'restrict_violation'; end $$;
      create trigger keep_fuzz_user before delete or update of is_active, is_staff, password_hash, username on users
        for each row when (old.username = '${admin.username}') execute function keep_fuzz_user();`);
    await client.query('update alert_sources set open = true');
    const { rows } = await client.query<{ id: string }>('select id from tokens');
    await client.query(`create trigger keep_fuzz_token before delete on tokens for each row
      when (old.id = '${rows[0]?.id}') execute function keep_fuzz_token()`);
  } finally {
    await client.end();
  }
}
