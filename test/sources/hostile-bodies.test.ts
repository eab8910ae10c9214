import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flawOf, mutate, steps, wild } from './hostile.ts';
import { connectors, payload, payloads } from './payloads.ts';

describe('nothing that can be sent breaks a parser', () => {
  test.each(payloads.map(([name]) => name))('changed at random: %s', (name) => {
    fc.assert(
      fc.property(steps, (changes) => {
        const body: unknown = payload(name);
        for (const step of changes) mutate(body, step);
        expect(flawOf(body)).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  test('anything at all', () => {
    fc.assert(
      fc.property(wild, (body) => {
        expect(flawOf(body)).toBeNull();
      }),
      { numRuns: 1_500 },
    );
  });
});

describe('a body of 1 MiB takes milliseconds', () => {
  const fill = (make: (n: number) => unknown, wrap: (list: unknown[]) => unknown): unknown => {
    const list: unknown[] = [];
    for (let size = 0; size < 1_000_000;) {
      const item = make(list.length);
      size += JSON.stringify(item).length + 1;
      list.push(item);
    }
    return JSON.parse(JSON.stringify(wrap(list)));
  };
  const real = payload('alertmanager-firing').alerts[0] as object;
  test.each<[string, unknown]>([
    [
      'real alerts',
      fill(
        (n) => ({ ...real, fingerprint: String(n) }),
        (alerts) => ({ status: 'firing', alerts }),
      ),
    ],
    [
      'tiny alerts',
      fill(
        (n) => ({ status: 'firing', labels: { a: String(n) }, x: 'x'.repeat(90) }),
        (alerts) => ({ alerts }),
      ),
    ],
    [
      'numbers',
      fill(
        (n) => n,
        (list) => ({ title: 'X', list }),
      ),
    ],
    ['one long text', { title: 'X', alerts: [{ labels: { a: 'x'.repeat(1_000_000) }, status: 'firing' }] }],
    ['brackets', { title: '[Triggered '.repeat(90_000) }],
    ['tags', { title: 'X', tags: 'a:b,'.repeat(250_000) }],
    ['spaces', { title: `a${' '.repeat(1_000_000)}b`, body: `%%%${' '.repeat(1_000_000)}b` }],
  ])('%s', (_what, body) => {
    for (const connector of connectors) {
      const times = Array.from({ length: 5 }, () => {
        const before = process.cpuUsage();
        connector.alerts.parse(body, {});
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1_000;
      });
      // Alone it takes some 10 to 20 ms at worst. It is the CPU's time that is counted; the bound is far below what anything quadratic takes.
      expect(Math.min(...times), connector.id).toBeLessThan(250);
    }
  });
});
