import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFuzzHouse, type FuzzHouse } from './fuzz-house.ts';
import { attack, excluded } from './schemathesis.ts';

const hasPip = (() => {
  try {
    execFileSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A hundred an operation where time is not a person's; `npm run fuzz:api` makes a thousand. */
const examples = process.env['CI'] === undefined ? 15 : 100;

describe.skipIf(!hasPip)('schemathesis (needs python3 with pip)', () => {
  let house: FuzzHouse;
  beforeAll(async () => {
    house = await startFuzzHouse();
  }, 120_000);
  afterAll(() => house?.stop());

  test('finds no 5xx, no answer that breaks its schema, and no status that the document does not name', { timeout: 600_000 }, async () => {
    const result = await attack({ url: house.url, token: house.token, examples });
    expect(result.code, result.text).toBe(0);
    expect(Object.keys(result.statuses).filter((status) => status.startsWith('5'))).toEqual([]);
    const document = (await (await fetch(`${house.url}/api/v1/openapi.json`)).json()) as { paths: Record<string, object> };
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const notCalled = operations.filter((operation) => result.operations[operation] === undefined);
    expect(new Set(notCalled.map((operation) => operation.split(' ')[1]))).toEqual(new Set(excluded));
    expect(result.cases).toBeGreaterThan(operations.length * examples);
  });
});
