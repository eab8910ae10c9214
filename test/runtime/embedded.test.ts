import { createHash } from 'node:crypto';
import { access, chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/database.ts';
import { ensureAppDatabase } from '../../src/embedded/app-database.ts';
import { openDataDir } from '../../src/embedded/data-dir.ts';
import { findProgram, type Fetch } from '../../src/embedded/temporal-binaries.ts';
import { createEmptyDatabase } from '../support/postgres.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imas-embedded-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

test('what an earlier version left readable is private after the next start', async () => {
  await chmod(dir, 0o755);
  const data = join(dir, 'data');
  await mkdir(join(data, 'temporal'), { recursive: true });
  await mkdir(join(data, 'logs'));
  for (const name of ['temporal/temporal.db', 'temporal/temporal.db-wal', 'logs/api.log', 'occupant.json', 'secret.key']) {
    await writeFile(join(data, name), 'x');
    await chmod(join(data, name), 0o644);
  }
  (await openDataDir(data)).release();
  const open: string[] = [];
  for (const name of await readdir(data, { recursive: true })) {
    if (((await lstat(join(data, name))).mode & 0o077) !== 0) open.push(name);
  }
  expect(open).toEqual([]);
  expect((await stat(data)).mode & 0o007).toBe(0);
});

test('files of somebody who chose a folder of his own as data folder are left alone', async () => {
  await writeFile(join(dir, 'notes.txt'), 'x', { mode: 0o644 });
  await chmod(join(dir, 'notes.txt'), 0o644);
  (await openDataDir(dir)).release();
  expect((await stat(join(dir, 'notes.txt'))).mode & 0o777).toBe(0o644);
});

describe.skipIf(process.getuid?.() !== 0)('below a folder that Postgres’s user may not enter', () => {
  const places: string[] = [];
  afterEach(async () => {
    for (const place of places.splice(0)) await rm(place, { recursive: true, force: true });
  });
  const open = async (data: string): Promise<string> => {
    const { postgresPath, release } = await openDataDir(data);
    release();
    places.push(postgresPath);
    expect(postgresPath).toMatch(/^\/var\/lib\/imas\//);
    return postgresPath;
  };

  test('the database stays where it was, and a deleted data folder takes it along at the next start', async () => {
    const data = join(dir, 'data');
    const place = await open(data);
    await writeFile(join(place, 'kept'), '');
    expect(await open(data)).toBe(place);
    expect(await exists(join(place, 'kept'))).toBe(true);
    await rm(data, { recursive: true });
    expect(await open(data)).not.toBe(place);
    expect(await exists(place)).toBe(false);
  });

  test('one of another data folder, and one of a disk that is not mounted, are left alone', async () => {
    const other = await open(join(dir, 'other'));
    const away = await open(join(dir, 'data'));
    await rm(join(dir, 'data'), { recursive: true });
    const ownerFile = join(away, 'data-folder.json');
    const owner = JSON.parse(await readFile(ownerFile, 'utf8')) as { path: string; device: number };
    await writeFile(ownerFile, JSON.stringify({ ...owner, device: owner.device + 1 }));
    await open(join(dir, 'data'));
    expect([await exists(other), await exists(away)]).toEqual([true, true]);
  });
});

describe('the role that the programs of an embedded installation use', () => {
  test('owns the database, also one that a superuser made before, and is nothing more', async () => {
    const server = await createEmptyDatabase();
    const name = new URL(server.url).pathname.slice(1);
    // As an earlier version left it.
    await migrate(server.url);
    const url = await ensureAppDatabase(server.url, dir, name);
    const again = await ensureAppDatabase(server.url, dir, name);
    expect(again).toBe(url);
    expect((await stat(join(dir, 'app-password'))).mode & 0o777).toBe(0o600);
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      const { rows } = await client.query(`select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user`);
      expect(rows).toEqual([{ rolsuper: false, rolcreatedb: false, rolcreaterole: false }]);
      const foreign = await client.query(
        `select relname from pg_class where relnamespace = 'public'::regnamespace and relowner <> current_user::regrole and relkind <> 'i'
         union all select proname from pg_proc where pronamespace = 'public'::regnamespace and proowner <> current_user::regrole`,
      );
      expect(foreign.rows).toEqual([]);
      // What a later migration would do.
      await client.query('alter table incidents add column later text');
      await client.query('create or replace function short_id(n bigint) returns text language sql immutable as $$ select $1::text $$');
      await client.query(`insert into users (username) values ('ann')`);
      await expect(client.query(`copy users to program 'cat'`)).rejects.toThrow(/permission denied/);
      await expect(client.query(`select pg_read_file('/etc/passwd')`)).rejects.toThrow(/permission denied/);
    } finally {
      await client.end();
      await server.drop();
    }
  });

  test('brings an empty database up to date', async () => {
    const server = await createEmptyDatabase();
    const url = await ensureAppDatabase(server.url, dir, new URL(server.url).pathname.slice(1));
    expect((await migrate(url)).length).toBeGreaterThan(5);
    await server.drop();
  });
});

describe('a program of Temporal’s', () => {
  const genuine = '#!/bin/sh\n';
  const program = {
    command: 'imas-no-such-program',
    title: 'a program',
    version: '1.0.0',
    sdkKind: 'cli',
    executables: { [`${process.platform}-${process.arch}`]: createHash('sha256').update(genuine).digest('hex') },
    wheel: { name: 'none', hashes: [] },
  } as const;
  const way =
    (content: string): Fetch =>
    async (_program, unpacked) => {
      const file = join(unpacked, 'program');
      await writeFile(file, content);
      return file;
    };
  const find = (...ways: readonly Fetch[]): Promise<string> => findProgram(program, { cacheDir: dir, ways });

  test('is taken when it has the hash that it should, whichever way it comes', async () => {
    const file = await find(way('forged'), way(genuine));
    expect(await readFile(file, 'utf8')).toBe(genuine);
    expect(await find()).toBe(file);
  });

  test('is refused when none has it', () =>
    expect(find(way('forged'), way('forged too'))).rejects.toThrow(/a program \(what came has another hash than it should; what came/));

  test('is fetched anew when somebody changed it in the cache', async () => {
    const file = await find(way(genuine));
    await writeFile(file, 'changed');
    await expect(find()).rejects.toThrow(/Not found/);
    expect(await readFile(await find(way(genuine)), 'utf8')).toBe(genuine);
  });
});
