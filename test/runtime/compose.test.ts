import { access, constants, readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly deploy?: { readonly replicas?: number };
        readonly healthcheck?: unknown;
        readonly depends_on?: Record<string, unknown>;
        readonly ports?: readonly string[];
        readonly environment?: Readonly<Record<string, string>>;
        readonly volumes?: readonly string[];
        readonly entrypoint?: readonly string[];
      }
    >
  >;
}

/** compose-spec/schema.json: compose-spec/compose-spec at 170098ba, Apache-2.0. */
async function validator(): Promise<(document: unknown) => readonly string[]> {
  const { $schema: _, ...schema } = JSON.parse(await read('compose-spec/schema.json')) as Record<string, unknown>;
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  return (document) => (validate(document) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`));
}

test('docker-compose.yml is a valid Compose file with two APIs and two workers', async () => {
  const compose = parse(await read('../../docker-compose.yml'), { merge: true }) as Compose;
  const problems = await validator();
  expect(problems(compose)).toEqual([]);
  for (const name of ['api', 'worker']) {
    expect(compose.services[name]?.deploy?.replicas).toBe(2);
    expect(compose.services[name]?.healthcheck).toBeDefined();
  }
  const dependencies = Object.values(compose.services).flatMap((service) => Object.keys(service.depends_on ?? {}));
  expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(dependencies));
  expect(problems({ services: { api: { image: 7 } } })).not.toEqual([]);
});

test('Temporal asks everybody for a certificate, publishes no port, and is set up by the files of deploy/temporal', async () => {
  const { services } = parse(await read('../../docker-compose.yml'), { merge: true }) as Compose;
  for (const [name, { ports }] of Object.entries(services)) if (name !== 'api') expect(ports, name).toBeUndefined();
  for (const port of services['api']?.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);

  const config = await read('../../deploy/temporal/config.yaml.template');
  expect(config.match(/requireClientAuth: true/g)).toHaveLength(2);
  expect(config).not.toMatch(/requireClientAuth: false|disableHostVerification/);
  for (const name of ['api', 'worker', 'temporal-namespace']) {
    expect(services[name]?.environment, name).toMatchObject({ TEMPORAL_TLS_CLIENT_CERT_PATH: '/etc/temporal/certificates/client.pem' });
    expect(services[name]?.volumes, name).toContain('temporal-client:/etc/temporal/certificates:ro');
  }
  // The server's own key lies where only the server is.
  const withServerKey = Object.entries(services).filter(([, { volumes }]) =>
    volumes?.some((volume) => volume.startsWith('temporal-server:')),
  );
  expect(withServerKey.map(([name]) => name)).toEqual(['certificates', 'temporal']);
  for (const script of ['schema.sh', 'namespace.sh', 'certificates.sh'])
    await access(new URL(`../../deploy/temporal/${script}`, import.meta.url), constants.X_OK);
});
