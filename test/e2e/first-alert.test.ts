import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../src/embedded/free-port.ts';
import { cluster } from '../support/cluster.ts';
import { eventually, Operator, sample, type Json } from './operator.ts';
import { readReadme, shellBlocks } from './readme.ts';

/** What a stranger does with nothing but what `imas up` prints, and with README.md. */
describe('a first hour', () => {
  let dataDir: string;
  let metricsPort: number;
  let settings: Record<string, string>;
  let person: Person;
  let operator: Operator;
  let url: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'imas-first-'));
    await chmod(dataDir, 0o755);
    metricsPort = await freePort();
    settings = { IMAS_DATA_DIR: dataDir, PORT: '0', IMAS_DEMO: '1', IMAS_METRICS_PORT: String(metricsPort), ...cluster?.beside };
    person = await startAsPerson(settings);
    url = person.url;
    operator = await Operator.signIn(person);
  }, 120_000);

  afterAll(async () => {
    await person?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const messagesAbout = async (shortId: string): Promise<string[]> =>
    (await operator.list(`inbox/?search=${shortId}`)).map(({ channel, recipient }) => `${channel} to ${recipient}`);
  const incidentTitled = async (title: string): Promise<Json> => {
    const found = (await operator.list('incidents/')).filter((incident) => incident['title'] === title);
    expect(found).toHaveLength(1);
    return found[0] as Json;
  };

  let incident: Json;

  test('the curl that it prints, as a shell runs it, reaches the inbox of whoever is on call', async () => {
    const answer = JSON.parse((await shell(person.printedCurl)).stdout) as Json;
    expect(answer).toMatchObject({ accepted: 1, alerts: [{ outcome: 'opened' }] });
    incident = await incidentTitled('Redis is out of memory');
    expect(incident).toMatchObject({
      severity: 'SEV1_CRITICAL',
      service: { name: 'redis-prod' },
      url: `${url}/dashboard/incidents/${incident['short_id']}/`,
    });
    await eventually(async () => expect(await messagesAbout(incident['short_id'])).toContain('mail to ann@example.com'));
    const [mail] = await operator.list(`inbox/?search=${incident['short_id']}&channel=mail`);
    expect(mail?.['text']).toContain(incident['url']);
    expect((await fetch(incident['url'])).status).toBe(200);
  });

  test('it says why Ann was paged, and who is next', async () => {
    await eventually(async () => {
      const { pages, next, policy } = await operator.get(`incidents/${incident['short_id']}/explain/`);
      expect(policy).toMatchObject({ name: 'Platform', version: 1 });
      expect(pages.filter(({ outcome }: Json) => outcome === 'sent')).toContainEqual(
        expect.objectContaining({
          who: 'Ann Arden',
          reasons: expect.arrayContaining([expect.objectContaining({ message: expect.stringContaining('Platform on call') })]),
        }),
      );
      expect(pages).toContainEqual(expect.objectContaining({ outcome: 'due', who: 'Platform' }));
      expect(Date.parse(next.at)).toBeGreaterThan(Date.now());
    });
  });

  test('somebody acknowledges: nobody is next, and whoever comes second is told', async () => {
    expect(await operator.post(`incidents/${incident['short_id']}/acknowledge/`)).toMatchObject({
      status: 'ACKNOWLEDGED',
      command: { outcome: 'applied' },
    });
    const { pages } = await operator.get(`incidents/${incident['short_id']}/explain/`);
    expect(pages.filter(({ outcome }: Json) => outcome === 'due')).toEqual([]);
    await expect(operator.post(`incidents/${incident['short_id']}/acknowledge/`)).rejects.toThrow(
      /409 .*Already acknowledged by Administrator/,
    );
  });

  test('every command of README.md works as it stands there, one after another in one shell', async () => {
    const blocks = shellBlocks(await readReadme());
    expect(blocks[0]?.trim().replace(/\s+/g, ' ').replace('http://localhost:8000', url)).toBe(
      person.printedCurl.trim().replace(/\s+/g, ' '),
    );
    expect(blocks.length).toBeGreaterThanOrEqual(5);
    // The same program, without the package manager before it.
    const npx = `npx() { shift; ${process.execPath} ${entry} "$@"; }`;
    const script = ['set -eu', npx, ...blocks.slice(1)]
      .join('\n')
      .replaceAll('http://localhost:8000', url)
      .replaceAll('<password>', person.admin.password);
    const { stdout, code } = await shell(script, settings);
    expect(code, stdout).toBe(0);
    expect(stdout).not.toContain('about:blank'); // No answer was a problem document.

    const byHand = await incidentTitled('Redis is slow');
    expect(byHand).toMatchObject({ severity: 'SEV2_HIGH', origin: 'person', status: 'TRIGGERED', service: { name: 'redis-prod' } });
    expect(byHand['short_id']).toMatch(/^INC-[A-Z0-9]{6}$/);
    await eventually(async () => expect(await messagesAbout(byHand['short_id'])).toContain('mail to ann@example.com'));
    expect((await operator.list('alert-sources/?source=alertmanager'))[0]).toMatchObject({ has_secret: true });
    expect((await operator.list('services/?search=payments'))[0]).toMatchObject({
      name: 'payments',
      escalation_policy: { name: 'Payments' },
    });
    expect((await operator.list('providers/?type=SMTP&search=Mail')).map(({ name }) => name)).toContain('Mail');
    expect(JSON.stringify(await operator.list('providers/'))).not.toMatch(/app password|XXXXXXXX/);
  }, 60_000);

  test('the metrics tell what README.md says is worth an alert', async () => {
    const api = await (await fetch(`${url}/metrics`)).text();
    const worker = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(sample(api, 'imas_incidents_open', { severity: 'SEV1_CRITICAL', status: 'ACKNOWLEDGED' })).toBe(1);
    expect(sample(api, 'imas_incidents_open', { severity: 'SEV2_HIGH', status: 'TRIGGERED' })).toBe(1);
    expect(sample(api, 'imas_intake_requests_total', { source: 'generic', result: 'accepted' })).toBe(1);
    expect(sample(worker, 'imas_deliveries_total', { provider_type: 'SMTP', result: 'sent' })).toBeGreaterThanOrEqual(2);
    expect(sample(worker, 'imas_relay_signals_total', { result: 'sent' })).toBeGreaterThanOrEqual(3);
    const named = (await readReadme()).match(/\bimas_[a-z_]+/g) ?? [];
    expect(named.length).toBeGreaterThanOrEqual(5);
    for (const name of named) expect(`${api}\n${worker}`, name).toContain(`# TYPE ${name} `);
  });

  // A cluster's Postgres serves others too: there it is killed by the trial of faults.
  test.skipIf(cluster !== null)(
    'without Postgres it says so by name, and is itself again when Postgres is back',
    async () => {
      const readiness = async (): Promise<{ status: number; body: Json }> => {
        const answer = await fetch(`${url}/health/ready`);
        return { status: answer.status, body: (await answer.json()) as Json };
      };
      expect(await readiness()).toEqual({ status: 200, body: { status: 'ready', not_ready: [] } });
      const postmaster = Number((await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n')[0]);
      process.kill(postmaster, 'SIGINT');
      await eventually(async () =>
        expect(await readiness()).toEqual({ status: 503, body: { status: 'not_ready', not_ready: ['postgres'] } }),
      );
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      await eventually(async () => expect((await readiness()).status).toBe(200), 30_000);

      await eventually(async () =>
        expect((await shell(person.printedCurl.replaceAll('redis-prod', 'checkout').replace('Redis', 'Checkout'))).stdout).toContain(
          'accepted',
        ),
      );
      const after = await incidentTitled('Checkout is out of memory');
      await eventually(async () => expect(await messagesAbout(after['short_id'])).toContain('mail to ann@example.com'), 30_000);
    },
    90_000,
  );
});

interface Person {
  readonly url: string;
  readonly admin: { readonly username: string; readonly password: string };
  /** Word for word. */
  readonly printedCurl: string;
  stop(): Promise<void>;
}

const entry = fileURLToPath(new URL('../../src/cli/imas.ts', import.meta.url));

/** `imas up`, read as a person reads it. */
async function startAsPerson(settings: Readonly<Record<string, string>>): Promise<Person> {
  const child: ChildProcess = spawn(process.execPath, [entry, 'up'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let complaints = '';
  const ended = once(child, 'close');
  child.stderr?.on('data', (chunk) => (complaints += String(chunk)));
  const up = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      printed += String(chunk);
      if (printed.includes('Ctrl-C stops everything.')) resolve();
    });
  });
  await Promise.race([up, ended.then(() => Promise.reject(new Error(`imas up ended: ${complaints}`)))]);
  const found = (pattern: RegExp): string => {
    const match = pattern.exec(printed)?.[1];
    if (match === undefined) throw new Error(`${pattern} is not in what was printed:\n${printed}`);
    return match;
  };
  return {
    url: found(/Pages +(http\S+)\/dashboard\//),
    admin: { username: found(/Sign in +(\S+) \/ \S+/), password: found(/Sign in +\S+ \/ (\S+)/) },
    printedCurl: found(/^( *curl [^]*?)\n\n/m),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function shell(script: string, settings: Readonly<Record<string, string>> = {}): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', script], { timeout: 50_000, env: { ...process.env, ...settings } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout: error === null ? stdout : stdout + stderr });
    });
  });
}
