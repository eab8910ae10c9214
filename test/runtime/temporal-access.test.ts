import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, Operator } from '../e2e/operator.ts';
import { imas, startUp } from '../support/imas.ts';
import { createEmptyDatabase } from '../support/postgres.ts';
import { startDevServer } from '../support/temporal.ts';
import { startTemporalGate, type TemporalGate } from './temporal-gate.ts';

const file = (name: string): string => fileURLToPath(new URL(`../connectors/certificates/${name}`, import.meta.url));
const apiKey = 'an API key that nobody shall see';

let temporal: TestWorkflowEnvironment;
let gate: TemporalGate;
let dir: string;
let access: Record<string, string>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imas-access-'));
  await chmod(dir, 0o755);
  temporal = await startDevServer({ withSearchAttributes: false });
  const [key, cert, ca] = await Promise.all(['server.key', 'server.pem', 'client.pem'].map((name) => readFile(file(name), 'utf8')));
  gate = await startTemporalGate({
    address: temporal.address,
    apiKey,
    tls: { key: key as string, cert: cert as string, ca: ca as string },
    // A namespace of somebody else's server cannot be changed by those who use it.
    refused: ['AddSearchAttributes'],
  });
  access = {
    TEMPORAL_ADDRESS: gate.address,
    TEMPORAL_API_KEY: apiKey,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('authority.pem'),
    TEMPORAL_TLS_SERVER_NAME: 'mail.example.test',
    TEMPORAL_TLS_CLIENT_CERT_PATH: file('client.pem'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: file('client.key'),
  };
}, 60_000);

afterAll(async () => {
  await gate?.close();
  await temporal?.teardown();
  await rm(dir, { recursive: true, force: true });
});

describe('a Temporal server that asks for TLS, a certificate and a key', () => {
  const finding = async (settings: Record<string, string>): Promise<string> => {
    const { stdout, stderr } = await imas(['check-config'], settings);
    expect(stdout + stderr).not.toContain(apiKey);
    return stdout.split('\n').find((line) => /temporal|settings: TEMPORAL/.test(line)) ?? stdout;
  };

  test('lets us in with all three', async () =>
    expect(await finding(access)).toBe(`ok    temporal: answers at ${gate.address}, namespace "default"`));

  test('lets us in by a profile of a file', async () => {
    const config = join(dir, 'temporal.toml');
    const tls = [
      `server_ca_cert_path = "${file('authority.pem')}"`,
      'server_name = "mail.example.test"',
      `client_cert_path = "${file('client.pem')}"`,
      `client_key_path = "${file('client.key')}"`,
    ];
    await writeFile(config, `[profile.prod]\naddress = "${gate.address}"\napi_key = "${apiKey}"\n[profile.prod.tls]\n${tls.join('\n')}\n`);
    const line = await finding({ TEMPORAL_CONFIG_FILE: config, TEMPORAL_PROFILE: 'prod' });
    expect(line).toBe(`ok    temporal: answers at ${gate.address}, namespace "default"`);
  });

  test('says so when the key is another', async () =>
    expect(await finding({ ...access, TEMPORAL_API_KEY: 'another' })).toBe(
      `FAIL  temporal: The Temporal server at ${gate.address} does not let us in (TEMPORAL_API_KEY, TEMPORAL_TLS_*)`,
    ));

  test('without a certificate there is no connection', async () => {
    const { TEMPORAL_TLS_CLIENT_CERT_PATH: _cert, TEMPORAL_TLS_CLIENT_KEY_PATH: _key, ...rest } = access;
    expect(await finding(rest)).toBe(`FAIL  temporal: No Temporal server answers at ${gate.address}`);
  });

  test('a file that is not there, and one that is no TOML, are told without a word of what is in them', async () => {
    expect(await finding({ ...access, TEMPORAL_TLS_CLIENT_KEY_PATH: '/nowhere/key.pem' })).toMatch(
      /^FAIL {2}settings: TEMPORAL_\*: .*\(ENOENT\)/,
    );
    const broken = join(dir, 'broken.toml');
    await writeFile(broken, `[profile.default]\napi_key = "${apiKey}\n`);
    expect(await finding({ TEMPORAL_CONFIG_FILE: broken })).toMatch(/^FAIL {2}settings: TEMPORAL_\*: cannot be used/);
  });

  test('an incident goes its way, and can be replayed', async () => {
    const database = await createEmptyDatabase();
    const settings = { ...access, DATABASE_URL: database.url, IMAS_DATA_DIR: dir, IMAS_SECRET_KEY: 'a key for the tests alone', PORT: '0' };
    const up = await startUp(settings);
    try {
      const operator = await Operator.signIn(up);
      const [service] = await operator.list('services/');
      const { short_id: id } = await operator.post('incidents/', {
        title: 'The lift is stuck',
        severity: 'SEV3_MEDIUM',
        service: service?.['id'],
      });
      await eventually(async () => expect(await operator.timeline(id)).not.toEqual([]));
      await operator.post(`incidents/${id}/resolve/`, {});
      await eventually(async () => expect((await operator.get(`incidents/${id}/`))['status']).toBe('RESOLVED'));
      const replayed = await imas(['replay', id], settings);
      expect(replayed, replayed.stderr).toMatchObject({ code: 0 });
    } finally {
      up.child.kill('SIGTERM');
      await up.ended;
      await database.drop();
    }
  }, 60_000);
});
