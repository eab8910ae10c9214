import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { descendants, imas, isAlive, startUp, survivors, type Up } from '../support/imas.ts';

describe('imas up', () => {
  let dataDir: string;
  let settings: Record<string, string>;
  let up: Up;
  let password: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'imas-up-'));
    await chmod(dataDir, 0o755);
    // The key is for another server than the one that it starts itself.
    settings = { IMAS_DATA_DIR: dataDir, PORT: '0', IMAS_DEMO: '1', TEMPORAL_API_KEY: 'of another server' };
    up = await startUp(settings);
  }, 120_000);

  afterAll(async () => {
    up.child.kill('SIGTERM');
    await up.ended;
    await rm(dataDir, { recursive: true, force: true });
  });

  const signIn = async (): Promise<string> => {
    const answer = await fetch(`${up.url}/api/auth/token/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password }),
    });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { token: string }).token;
  };

  const incidentTitles = async (): Promise<readonly string[]> => {
    const answer = await fetch(`${up.url}/api/v1/incidents/`, { headers: { authorization: `Bearer ${await signIn()}` } });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { results: { title: string }[] }).results.map(({ title }) => title);
  };

  test('makes an admin who can sign in, and a key that only its owner reads', async () => {
    expect(up.admin.username).toBe('admin');
    expect(up.admin.password).toMatch(/^\S{12,}$/);
    password = up.admin.password as string;
    await signIn();
    expect((await stat(join(dataDir, 'secret.key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dataDir, 'logs/api.log'), 'utf8')).not.toContain(password);
  });

  test('keeps everything to itself, and its programs are no superusers', async () => {
    const open: string[] = [];
    for (const name of await readdir(dataDir, { recursive: true })) {
      const { mode } = await lstat(join(dataDir, name)).catch(() => ({ mode: 0 }));
      const passes = process.getuid?.() === 0 && (name === 'postgres' || name.startsWith('postgres/postgres-programs'));
      if ((mode & (passes ? 0o007 : 0o077)) !== 0) open.push(`${name} ${(mode & 0o777).toString(8)}`);
    }
    expect(open).toEqual([]);
    const environments = await Promise.all(
      (['api', 'worker'] as const).map(async (program) => readFile(`/proc/${await pidOf(up, program)}/environ`, 'utf8')),
    );
    for (const environment of environments) expect(environment).toMatch(/DATABASE_URL=postgresql:\/\/imas:/);
  });

  test('is ready, and takes a first alert for a sample service', async () => {
    await vi.waitFor(async () => expect((await fetch(`${up.url}/health/ready`)).status).toBe(200), { timeout: 15_000, interval: 100 });
    const answer = await fetch(`${up.url}/api/v1/webhooks/generic/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Redis is out of memory', service: 'redis-prod', severity: 'SEV1_CRITICAL', status: 'firing' }),
    });
    expect(answer.status).toBe(202);
    expect(await incidentTitles()).toEqual(['Redis is out of memory']);
  });

  test('a second one on the same folder says in one line who is there', async () => {
    const { code, stderr } = await imas(['up'], settings);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(dataDir);
    expect(stderr).toContain(`kill ${up.child.pid}`);
  });

  test('starts a worker again that was killed, and says so', async () => {
    const worker = await pidOf(up, 'worker');
    process.kill(worker, 'SIGKILL');
    await vi.waitFor(() => expect(up.said.join('\n')).toMatch(/The worker stopped unexpectedly \(SIGKILL.*restarting/), {
      timeout: 5_000,
    });
    await vi.waitFor(async () => expect(await pidOf(up, 'worker')).not.toBe(worker), { timeout: 10_000 });
  });

  test('leaves no process behind when asked to stop', async () => {
    const pids = await descendants(up.child.pid as number);
    expect(pids.length).toBeGreaterThanOrEqual(4);
    const askedAtMs = performance.now();
    up.child.kill('SIGTERM');
    const { code } = await up.ended;
    expect(code).toBe(0);
    expect(performance.now() - askedAtMs).toBeLessThan(15_000);
    expect(await survivors(pids, 1_000)).toEqual([]);
  });

  test('is up again, with everything that was there', async () => {
    up = await startUp(settings);
    expect(up.admin.password).toBeNull();
    expect(await incidentTitles()).toEqual(['Redis is out of memory']);
  });

  test('killed outright, it takes its children with it, and the next start goes on', async () => {
    const pids = await descendants(up.child.pid as number);
    up.child.kill('SIGKILL');
    await up.ended;
    expect(await survivors(pids, 15_000)).toEqual([]);
    up = await startUp(settings);
    expect(await incidentTitles()).toEqual(['Redis is out of memory']);
  }, 60_000);

  test('a Postgres and a Temporal that outlived even that are stopped by the next start', async () => {
    const pids = await descendants(up.child.pid as number);
    const commands = new Map(await Promise.all(pids.map(async (pid) => [pid, await commandOf(pid)] as const)));
    const guards = pids.filter((pid) => commands.get(pid)?.includes('imas-guard'));
    const servers = pids.filter((pid) => /\/postgres -D|temporal\S* server/.test(commands.get(pid) ?? ''));
    expect([guards.length, servers.length]).toEqual([2, 2]);
    for (const pid of guards) process.kill(pid, 'SIGKILL');
    up.child.kill('SIGKILL');
    await up.ended;
    expect(servers.every(isAlive)).toBe(true);
    up = await startUp(settings);
    expect(servers.some(isAlive)).toBe(false);
    expect(await incidentTitles()).toEqual(['Redis is out of memory']);
  }, 60_000);

  test('a Temporal that is killed again as soon as it is back comes back, and so does all of it after the next death', async () => {
    const dead = new Set<number>();
    for (let kills = 1; kills <= 3; kills += 1) {
      const temporal = await vi.waitFor(async () => {
        const pid = await temporalOf(up);
        expect(dead).not.toContain(pid);
        return pid;
      }, 20_000);
      dead.add(temporal);
      process.kill(temporal, 'SIGKILL');
    }
    up.child.kill('SIGKILL');
    await up.ended;
    up = await startUp(settings);
    await vi.waitFor(async () => expect((await fetch(`${up.url}/health/ready`)).status).toBe(200), { timeout: 15_000, interval: 100 });
    expect(await incidentTitles()).toEqual(['Redis is out of memory']);
  }, 90_000);

  test('gives the admin a new password when asked to', async () => {
    const before = password;
    up.child.kill('SIGTERM');
    await up.ended;
    up = await startUp({ ...settings, IMAS_ADMIN_PASSWORD: 'a new password' });
    password = before;
    await signIn();
    up.child.kill('SIGTERM');
    await up.ended;
    const reset = await startUp(settings, ['--reset-admin-password']);
    up = reset;
    password = reset.admin.password as string;
    expect(password).not.toBe(before);
    await signIn();
  }, 60_000);
});

describe('one clear line, and an exit code that is not 0', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'imas-lines-'));
    await chmod(dataDir, 0o755);
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  const expectLine = async (args: readonly string[], settings: Record<string, string>, line: RegExp): Promise<void> => {
    const { code, stderr } = await imas(args, { IMAS_DATA_DIR: dataDir, PORT: '0', ...settings });
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(line)]);
    expect(code).toBe(1);
  };

  test('a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await expectLine(['up'], { PORT: String(port) }, new RegExp(`Port ${port} is in use .* PORT=${port + 1}`));
    server.close();
  });

  const closedPort = 'postgresql://imas:s3cret@127.0.0.1:1/imas';

  test('a DATABASE_URL where nothing answers', () =>
    expectLine(
      ['up'],
      { DATABASE_URL: closedPort, TEMPORAL_ADDRESS: '127.0.0.1:1' },
      /^No Postgres answers at 127\.0\.0\.1:1: .*DATABASE_URL/,
    ));

  test('a TEMPORAL_ADDRESS where nothing answers', () =>
    expectLine(['up'], { TEMPORAL_ADDRESS: '127.0.0.1:1' }, /^No Temporal server answers at 127\.0\.0\.1:1: .*TEMPORAL_ADDRESS/));

  test('a setting that cannot be', () => expectLine(['up'], { PORT: 'http' }, /^Setting PORT: /));

  test('a data folder that cannot be made', () =>
    expectLine(['up'], { IMAS_DATA_DIR: '/dev/null/data' }, /\/dev\/null\/data cannot be used .*IMAS_DATA_DIR/));

  test.each(['api', 'worker'])('%s without its settings', (command) =>
    expectLine([command], {}, /^Not set: DATABASE_URL .*TEMPORAL_ADDRESS .*IMAS_SECRET_KEY .*imas up/),
  );

  test('migrate without a database', () => expectLine(['migrate'], {}, /^Not set: DATABASE_URL/));
});

test('check-config knows what would stop a start', async () => {
  const { code, stdout } = await imas(['check-config'], { IMAS_EGRESS_ALLOW: '10.0.0.0/40' });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^FAIL {2}settings: IMAS_EGRESS_ALLOW: .*neither a network/);
});

test('check-config names what does not answer, and repeats no password', async () => {
  const settings = { DATABASE_URL: 'postgresql://imas:s3cret@127.0.0.1:1/imas', TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const { code, stdout, stderr } = await imas(['check-config', '--json'], settings);
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { subject: string; ok: boolean }[] };
  expect(code).toBe(1);
  expect(ok).toBe(false);
  expect(findings.filter((finding) => !finding.ok).map(({ subject }) => subject)).toEqual(['postgres', 'temporal', 'secret key']);
  expect(stdout + stderr).not.toContain('s3cret');
});

test.each([[], ['up'], ['api'], ['worker'], ['migrate'], ['check-config']])('help: imas %s --help', async (...command) => {
  const { code, stdout } = await imas([...command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: imas/);
});

async function commandOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').join(' ');
}

async function temporalOf(up: Up): Promise<number> {
  for (const pid of await descendants(up.child.pid as number)) if (/temporal\S* server/.test(await commandOf(pid))) return pid;
  throw new Error('no Temporal runs');
}

async function pidOf(up: Up, program: 'api' | 'worker'): Promise<number> {
  for (const pid of await descendants(up.child.pid as number)) {
    if ((await commandOf(pid)).trimEnd().endsWith(`imas.ts ${program}`)) return pid;
  }
  throw new Error(`no ${program} runs`);
}
