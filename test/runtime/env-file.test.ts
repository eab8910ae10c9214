import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { settingNames } from '../../src/config.ts';

const projectFile = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const read = (name: string): Promise<string> => readFile(projectFile(name), 'utf8');

/** What `imas up` alone looks at, and what Compose's own Temporal server makes needless. */
const notInCompose = ['IMAS_DATA_DIR', 'IMAS_DEMO', 'IMAS_DEMO_SMTP_PORT', 'IMAS_FAIL_POINT', 'IMAS_TEMPORAL_PORT', 'IMAS_TEMPORAL_UI'];

describe('every setting', () => {
  test.each(settingNames)('%s is in .env.example', async (name) => {
    expect(await read('.env.example')).toMatch(new RegExp(`^(# )?${name}=`, 'm'));
  });

  test('reaches the services of Compose', async () => {
    const compose = parse(await read('docker-compose.yml'), { merge: true }) as { services: Record<string, { environment: object }> };
    for (const service of ['api', 'worker', 'migrate']) {
      const given = Object.keys(compose.services[service]?.environment ?? {});
      expect(settingNames.filter((name) => !given.includes(name) && !notInCompose.includes(name))).toEqual([]);
    }
  });

  test('.env.example lists nothing else, and changes nothing when it is copied', async () => {
    const lines = (await read('.env.example')).split('\n').filter((line) => line !== '');
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual([]);
    const names = lines.flatMap((line) => /^# ([A-Z_]+)=/.exec(line)?.[1] ?? []);
    const others = names.filter((name) => !settingNames.includes(name) && !name.startsWith('TEMPORAL_'));
    expect(others).toEqual(['POSTGRES_PASSWORD', 'NODE_EXTRA_CA_CERTS']);
  });
});

describe('a file .env', () => {
  let project: string;
  beforeAll(async () => {
    // A project of its own, so that no other test meets the file.
    project = await mkdtemp(join(tmpdir(), 'imas-settings-'));
    for (const name of ['scripts', 'bin', 'package.json', 'package-lock.json'])
      await cp(projectFile(name), join(project, name), { recursive: true });
    for (const name of ['src', 'migrations', 'node_modules']) await symlink(projectFile(name), join(project, name));
  });
  afterAll(() => rm(project, { recursive: true, force: true }));

  const run = (script: string, args: readonly string[], env: Record<string, string>): Promise<{ code: number | null; said: string }> =>
    new Promise((resolve) => {
      const options = { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...env }, timeout: 60_000 };
      const child = execFile(process.execPath, [join(project, script), ...args], options, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, said: stdout + stderr }),
      );
    });

  test.each([
    ['npm start', 'scripts/start.mjs', []],
    ['npx imas', 'bin/imas.mjs', ['up']],
  ])('reaches %s', async (_command, script, args) => {
    await writeFile(join(project, '.env'), 'PORT=http\nIMAS_LOG_LEVEL="loud"\n');
    const { code, said } = await run(script, args, { IMAS_DATA_DIR: project });
    expect(said).toMatch(/^Setting PORT: /m);
    expect(said).toMatch(/^Setting IMAS_LOG_LEVEL: /m);
    expect(code).toBe(1);
  });

  test('says only what the environment does not', async () => {
    await writeFile(join(project, '.env'), 'PORT=http\nIMAS_LOG_LEVEL="loud"\n');
    const { said } = await run('bin/imas.mjs', ['up'], { PORT: '0' });
    expect(said).not.toContain('PORT');
    expect(said).toContain('Setting IMAS_LOG_LEVEL');
  });
});
