import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const project = fileURLToPath(new URL('../..', import.meta.url));

interface Outcome {
  readonly code: number;
  readonly output: string;
}

function run(program: string, args: readonly string[], cwd = project): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(join(project, 'node_modules/.bin', program), args, { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}

describe('the whole project', () => {
  test.each(['.', 'ui'])(
    'passes the type check of %s',
    async (folder) => {
      const { code, output } = await run('tsc', ['--noEmit', '-p', folder]);
      expect(output).toBe('');
      expect(code).toBe(0);
    },
    120_000,
  );

  test('passes the lint', async () => {
    const { code, output } = await run('oxlint', ['--type-aware', '--format=unix']);
    expect(code, output).toBe(0);
  }, 120_000);
});

describe('a wall between rooms', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imas-walls-'));
    for (const part of ['.oxlintrc.json', 'lint']) await cp(join(project, part), join(folder, part), { recursive: true });
    // The rules of the house use packages.
    await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const lint = async (file: string, source: string): Promise<Outcome> => {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), source);
    return run('oxlint', ['--disable-nested-config', file], folder);
  };

  test.each([
    ['src/domain/x.ts', `import { pool } from '../db/pool.ts';\npool();\n`],
    ['src/domain/x.ts', `import type { Config } from '../config.ts';\nexport type X = Config;\n`],
    ['src/domain/x.ts', `import { words } from '../texts/languages.ts';\nwords();\n`],
    ['src/domain/incident/x.ts', `import { readFile } from 'node:fs';\nreadFile();\n`],
    ['src/domain/x.ts', `export { pool } from '../db/pool.ts';\n`],
    ['src/domain/x.ts', `export const pool = () => import('../db/pool.ts');\n`],
    ['src/contract/x.ts', `import { Client } from '@temporalio/client';\nnew Client();\n`],
    ['src/workflows/x.ts', `import { z } from 'zod';\nz.string();\n`],
    ['src/workflows/x.ts', `import { page } from '../activities/page.ts';\npage();\n`],
    ['src/connectors/slack/x.ts', `import { app } from '../../api/app.ts';\napp();\n`],
    ['src/connectors/slack/x.ts', `import { parse } from '../sentry/parse.ts';\nparse();\n`],
    ['src/intake/x.ts', `import { slack } from '../connectors/slack/slack.ts';\nslack();\n`],
    ['src/relay/x.ts', `import { archiver } from '../archive/archiver.ts';\narchiver();\n`],
    ['src/incidents/x.ts', `import { auditor } from '../auditor/auditor.ts';\nauditor();\n`],
    ['src/archive/x.ts', `import { app } from '../api/app.ts';\napp();\n`],
    ['src/api/x.ts', `import { incidentWorkflow } from '../workflows/incident.ts';\nincidentWorkflow();\n`],
    ['src/shed/x.ts', `export const spade = 1;\n`],
    ['src/api/x.ts', `export const port = process.env['PORT'];\n`],
    ['src/resources/x.ts', `import { notFound } from '../api/problem.ts';\nnotFound();\n`],
    ['src/db/x.ts', `import { resources } from '../resources/index.ts';\nresources();\n`],
  ])('%s may not say %j', async (file, source) => {
    const { code, output } = await lint(file, source);
    expect(code, output).toBe(1);
    expect(output).toMatch(/house\(walls\)|no-process-env/);
  });

  test.each([
    ['src/domain/incident/x.ts', `import { rank } from '../vocabulary.ts';\nrank();\n`],
    ['src/domain/x.ts', `import type en from '../texts/en.json';\nexport type Texts = typeof en;\n`],
    ['src/workflows/x.ts', `import type { Names } from '../contract/names.ts';\nexport type X = Names;\n`],
    ['src/intake/x.ts', `import type { Alerts } from '../connectors/connector.ts';\nexport type X = Alerts;\n`],
    ['src/connectors/slack/x.ts', `import { oneLine } from '../inbound/bounded-text.ts';\noneLine();\n`],
    ['src/connectors/registry.ts', `import { slack } from './slack/connector.ts';\nslack();\n`],
    ['src/config.ts', `export const port = process.env['PORT'];\n`],
  ])('%s may say %j', async (file, source) => {
    const { code, output } = await lint(file, source);
    expect(code, output).toBe(0);
  });
});
