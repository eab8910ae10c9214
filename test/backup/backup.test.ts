import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createBackup } from '../../src/backup/create-backup.ts';
import { restoreBackup } from '../../src/backup/restore-backup.ts';
import { knownMigrations, migrate } from '../../src/db/database.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { keyFingerprint } from '../../src/secrets/key-fingerprint.ts';
import { imas } from '../support/imas.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

const key = 'a key for the tests alone';
const sealedText = 'hunter2';
let dir: string;
let file: string;
let source: TestDatabase;
let target: Awaited<ReturnType<typeof createEmptyDatabase>>;

const settings = (url: string, more: Record<string, string> = {}) => ({
  DATABASE_URL: url,
  IMAS_SECRET_KEY: key,
  IMAS_DATA_DIR: dir,
  ...more,
});

/** Every value of every table, in an order that does not change. */
async function contents(url: string): Promise<Record<string, string[]>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'mikro_orm_migrations' order by 1`,
  );
  const all: Record<string, string[]> = {};
  for (const { name } of tables)
    all[name] = (await client.query<{ line: string }>(`select t::text as line from "${name}" t order by 1`)).rows.map(({ line }) => line);
  await client.end();
  return all;
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imas-backup-'));
  file = join(dir, 'imas.backup');
  source = await createTestDatabase();
  target = await createEmptyDatabase();
  const { pool } = source;
  const seed = createSeed(pool);
  const ann = await seed.user({ username: 'ann', name: 'Änn\t"\\.\\N"\n\\.\nArden', email: 'ann@example.com' });
  const sealed = createSecretBox({ key, oldKeys: [] }).seal(sealedText, 'providers/x/password');
  await seed.provider({ name: 'Mail', type: 'SMTP', config: { host: 'mail.example.com', password: { sealed } } });
  const policyId = await seed.policy({
    document: {
      levels: [{ targets: [{ type: 'user', id: ann }], delay_seconds: 60 }],
      repeat: 0,
      fallback: [],
      acknowledged_timeout_seconds: 0,
    },
  });
  await seed.service({ name: 'redis-prod', policyId });
  await seed.schedule({ name: 'Platform', users: [ann] });
  await pool.query(`select nextval('incident_numbers') from generate_series(1, 41)`);
});

afterEach(async () => {
  await source.close();
  await target.drop();
  await rm(dir, { recursive: true, force: true });
});

const fingerprint = keyFingerprint(key);
const backUp = () => createBackup({ databaseUrl: source.url, file, keyFingerprint: fingerprint });
const restore = (databaseUrl: string, { replace = false } = {}) =>
  restoreBackup({ databaseUrl, file, keyFingerprints: [fingerprint], replace });
const unpacked = async (): Promise<string> => gunzipSync(await readFile(file)).toString();

/** Each command is a process of its own, which takes its time on a busy machine. */
const commandsMs = 180_000;

describe('imas backup and imas restore', () => {
  test(
    'bring everything into an empty database, as it was; the file is for its owner, and holds neither the key nor a secret in the clear',
    async () => {
      const made = await imas(['backup', file, '--json'], settings(source.url));
      expect(made, made.stderr).toMatchObject({ code: 0 });
      expect(JSON.parse(made.stdout)).toMatchObject({ file, rows: { users: 1, services: 1 } });
      expect(made.stderr).toMatch(/^users: 1 rows$/m);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await unpacked()).not.toContain(key);
      expect(await unpacked()).not.toContain(sealedText);
      const restored = await imas(['restore', file], settings(target.url));
      expect(restored, restored.stderr).toMatchObject({ code: 0 });
      expect(restored.stdout).toMatch(/^\d+ rows restored, as they were at 20/);
      expect(await contents(target.url)).toEqual(await contents(source.url));
    },
    commandsMs,
  );

  test(
    'refuse a key that is another, in one line',
    async () => {
      await backUp();
      const other = { IMAS_SECRET_KEY: 'another key of some length' };
      const restored = await imas(['restore', file], settings(target.url, other));
      expect(restored).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^The secrets in this backup were sealed under another key than IMAS_SECRET_KEY.*\n$/),
      });
      expect(await contents(target.url)).toEqual({});
      const made = await imas(['backup', join(dir, 'other.backup')], settings(source.url, other));
      expect(made).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^1 of 1 stored secrets are sealed under another key .*imas reseal/),
      });
      const there = await imas(['backup', file], settings(source.url));
      expect(there).toMatchObject({ code: 1, stderr: `${file} is there already: name another file.\n` });
    },
    commandsMs,
  );
});

describe('a backup', () => {
  test('is of one moment, though people and senders write on', async () => {
    let writes = 0;
    let stop = false;
    const writing = (async () => {
      while (!stop) {
        await source.pool.query(
          `with made as (insert into teams (name) values ('Team ' || $1) returning id)
          insert into team_members (team_id, user_id) select made.id, users.id from made, users`,
          [writes],
        );
        writes += 1;
      }
    })();
    await vi.waitFor(() => expect(writes).toBeGreaterThan(20));
    await backUp();
    stop = true;
    await writing;
    const { rows } = await restore(target.url);
    expect(rows['teams']).toBeGreaterThan(20);
    expect(rows['team_members']).toBe(rows['teams']);
    expect(rows['teams']).toBeLessThanOrEqual(writes);
  });

  test('leaves the keys between tables in force, and what counts goes on counting', async () => {
    await backUp();
    await restore(target.url);
    const client = new Client({ connectionString: target.url });
    await client.connect();
    const { rows } = await client.query<{ next: string }>(`select nextval('incident_numbers') as next`);
    expect(rows[0]?.next).toBe('42');
    await expect(client.query('insert into team_members (team_id, user_id) values (gen_random_uuid(), gen_random_uuid())')).rejects.toThrow(
      /foreign key/,
    );
    const { rows: off } = await client.query(`select tgname from pg_trigger where not tgisinternal and tgenabled <> 'O'`);
    expect(off).toEqual([]);
    await client.end();
  });

  test('replaces what is there only when told', async () => {
    await backUp();
    const before = await contents(source.url);
    await source.pool.query(`update users set display_name = 'Changed since'`);
    await createSeed(source.pool).user({ username: 'since' });
    await expect(restore(source.url)).rejects.toThrow(/^The database is not empty: .*--replace/);
    expect((await contents(source.url))['users']).toHaveLength(2);
    await restore(source.url, { replace: true });
    expect(await contents(source.url)).toEqual(before);
  });

  test('that is cut off, damaged, or none of ours changes nothing', async () => {
    await backUp();
    const before = await contents(source.url);
    const whole = await readFile(file);
    const withoutAnn = (await unpacked()).replace(/^.*\bann@example.com\b.*\n/m, '');
    const damaged: [() => Promise<void>, RegExp][] = [
      [() => truncate(file, whole.length - 40), /cut off/],
      [() => writeFile(file, gzipSync(gunzipSync(whole).subarray(0, -300))), /cut off/],
      [() => writeFile(file, gzipSync(withoutAnn)), /"users" has 0 of 1 rows/],
      [() => writeFile(file, 'hello'), /no backup of IMAS/],
      [() => rm(file), /no file/],
    ];
    for (const [damage, line] of damaged) {
      await writeFile(file, whole);
      await damage();
      await expect(restore(source.url, { replace: true })).rejects.toThrow(line);
      expect(await contents(source.url), line.source).toEqual(before);
    }
  });

  test('of a newer version is refused, and one of an older version is brought up to date', async () => {
    await backUp();
    const [header = '', ...rest] = (await unpacked()).split('\n');
    const told = JSON.parse(header) as { migrations: string[] };
    const newer = { ...told, migrations: [...told.migrations, 'Migration20991231235959'] };
    await writeFile(file, gzipSync([JSON.stringify(newer), ...rest].join('\n')));
    await expect(restore(target.url)).rejects.toThrow(/newer version of IMAS \(Migration20991231235959/);

    const older = await createEmptyDatabase();
    await migrate(older.url, { to: 'Migration20261127230000' });
    const client = new Client({ connectionString: older.url });
    await client.connect();
    await client.query(`insert into users (username) values ('ann')`);
    await client.query(`insert into alert_sources (name, source) values ('Prometheus', 'alertmanager')`);
    await client.end();
    await rm(file);
    await createBackup({ databaseUrl: older.url, file, keyFingerprint: fingerprint });
    const { applied } = await restore(target.url);
    expect([applied[0], applied.at(-1)]).toEqual(['Migration20261128000000', (await knownMigrations()).at(-1)]);
    // New columns come last: empty, or as for everybody who never chose.
    const users = (await contents(older.url))['users']?.map((row) => row.replace(/\)$/, ',,,t)'));
    expect((await contents(target.url))['users']).toEqual(users);
    // What the old version had open is open, and marked.
    expect((await contents(target.url))['alert_sources']).toEqual([expect.stringMatching(/Prometheus,.*,t,t\)$/)]);
    await older.drop();
  });
});

test('a file that somebody else has put where it is written is not written to', async () => {
  const part = `${file}.part`;
  await writeFile(part, '', { mode: 0o666 });
  const theirs = await open(part, 'r');
  try {
    await createBackup({ databaseUrl: source.url, file, keyFingerprint: keyFingerprint(key) });
    expect((await theirs.stat()).size).toBe(0);
    const { mode } = await stat(file);
    expect(mode & 0o777).toBe(0o600);
  } finally {
    await theirs.close();
  }
});
