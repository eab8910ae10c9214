import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly deploy?: { readonly replicas?: number }; readonly healthcheck?: unknown; readonly depends_on?: Record<string, unknown> }
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
