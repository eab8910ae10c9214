import { describe, expect, test } from 'vitest';
import { createSharedReads } from '../../src/db/shared-reads.ts';

/** A read that ends when the test says so. */
function reads() {
  const waiting: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  return {
    begun: () => waiting.length,
    read: () => new Promise<number>((resolve, reject) => waiting.push({ resolve, reject })),
    end: (n: number) => waiting[n]?.resolve(n),
    fail: (n: number) => waiting[n]?.reject(new Error(`read ${n}`)),
  };
}

describe('reads that many ask for at once', () => {
  test('are done twice, however many ask: for the first, and for all who came while it was under way', async () => {
    const shared = createSharedReads();
    const { read, begun, end } = reads();
    const answers = Array.from({ length: 50 }, () => shared('list', read));
    expect(begun()).toBe(1);
    end(0);
    expect(await answers[0]).toBe(0);
    await expect.poll(begun).toBe(2);
    end(1);
    expect(await Promise.all(answers.slice(1))).toEqual(Array.from({ length: 49 }, () => 1));
  });

  test('begin after they were asked for, so that whoever has written something sees it', async () => {
    const shared = createSharedReads();
    let written = 0;
    const read = async (): Promise<number> => {
      const seen = written;
      await Promise.resolve();
      return seen;
    };
    const before = shared('list', read);
    written = 1;
    const after = shared('list', read);
    expect([await before, await after]).toEqual([0, 1]);
  });

  test('are apart where they ask for different things', async () => {
    const shared = createSharedReads();
    const { read, begun, end } = reads();
    const both = [shared('a', read), shared('b', read)];
    expect(begun()).toBe(2);
    end(0);
    end(1);
    expect(await Promise.all(both)).toEqual([0, 1]);
  });

  test('that fail fail those who wait for them, and nobody after', async () => {
    const shared = createSharedReads();
    const { read, begun, end, fail } = reads();
    const [first, second] = [shared('list', read), shared('list', read)];
    fail(0);
    await expect(first).rejects.toThrow('read 0');
    await expect.poll(begun).toBe(2);
    end(1);
    expect(await second).toBe(1);
    const third = shared('list', read);
    expect(begun()).toBe(3);
    end(2);
    expect(await third).toBe(2);
  });
});
