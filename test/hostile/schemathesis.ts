import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned: what it generates for a seed differs between versions. */
export const version = '4.32.0';
const cache = fileURLToPath(new URL('../../.cache/', import.meta.url));
const home = join(cache, `schemathesis-${version}`);

/** What it must find nothing against. The rest of its checks are about style, or about data that a schema cannot describe. */
export const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
  'use_after_free',
  'ensure_resource_availability',
  'ignored_auth',
];

/**
 * Not called by it: the stream never ends, so each call would run into its time limit. test/pages/events.test.ts and
 * test/api/posture.test.ts are about it.
 */
export const excluded = [
  '/api/v1/events/',
  // It makes no mails: `test/mailbox` does.
  '/api/v1/mail/inbound/',
];

/** Its program, installed into the project's cache when it is not there yet. @throws Error when there is no Python with pip */
export async function schemathesis(): Promise<string> {
  const program = join(home, 'bin', 'schemathesis');
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  const unpacked = await mkdtemp(join(cache, 'schemathesis-unpacking-'));
  try {
    // A target folder and not a venv: a venv cannot be moved into place when it is whole.
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', unpacked, `schemathesis==${version}`], { timeout: 300_000 });
    await rename(unpacked, home).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  return program;
}

export interface Attack {
  readonly url: string;
  readonly token: string;
  /** Cases an operation and phase at most. */
  readonly examples: number;
  readonly seed?: number;
  /** `coverage,fuzzing,stateful` and so on; all when absent. */
  readonly phases?: string;
}

export interface AttackResult {
  readonly code: number | null;
  /** Its own report, to be read by people. */
  readonly text: string;
  readonly cases: number;
  /** Calls by operation, as `POST /api/v1/teams/`. */
  readonly operations: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, number>>;
}

/** Runs it against a running API. Code 0 says that it found nothing. */
export async function attack({ url, token, examples, seed, phases }: Attack): Promise<AttackResult> {
  const program = await schemathesis();
  const dir = await mkdtemp(join(tmpdir(), 'imas-schemathesis-'));
  try {
    const summary = join(dir, 'cases.json');
    const hooks = fileURLToPath(new URL('./schemathesis_hooks.py', import.meta.url));
    await writeFile(join(dir, 'schemathesis.toml'), '');
    const settings = {
      url,
      header: `Authorization: Token ${token}`,
      checks: checks.join(','),
      'max-examples': String(examples),
      'request-timeout': '15',
      workers: '2',
      warnings: 'off',
      'suppress-health-check': 'all',
      seed: String(seed ?? 1),
      ...(phases !== undefined && { phases }),
    };
    const args = [
      '--config-file',
      join(dir, 'schemathesis.toml'),
      'run',
      `${url}/api/v1/openapi.json`,
      '--no-color',
      '--continue-on-failure',
    ];
    for (const [name, value] of Object.entries(settings)) args.push(`--${name}`, value);
    for (const path of excluded) args.push('--exclude-path', path);
    const child = spawn('python3', [program, ...args], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PYTHONPATH: home,
        SCHEMATHESIS_HOOKS: hooks,
        IMAS_CASES_FILE: summary,
        IMAS_PAYLOADS: fileURLToPath(new URL('../sources/payloads/', import.meta.url)),
        IMAS_URL: url,
        IMAS_TOKEN: token,
        NO_PROXY: '*',
      },
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    type Counted = Pick<AttackResult, 'cases' | 'operations' | 'statuses'>;
    const none: Counted = { cases: 0, operations: {}, statuses: {} };
    const counted = existsSync(summary) ? (JSON.parse(await readFile(summary, 'utf8')) as Counted) : none;
    return { code, text, ...counted };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
