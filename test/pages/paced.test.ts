import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { paced } from '../../ui/src/live/paced.ts';

describe('reading again at a pace', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Runs that take `tookMs`; when each began. */
  function runs(tookMs: number) {
    const beganAt: number[] = [];
    const zero = performance.now();
    const run = (): Promise<void> => {
      beganAt.push(performance.now() - zero);
      return new Promise((resolve) => setTimeout(resolve, tookMs));
    };
    return { beganAt, run };
  }

  test('happens at once, and once more for all that came meanwhile', async () => {
    const { beganAt, run } = runs(20);
    const refresh = paced(run, 60);
    for (let n = 0; n < 10; n++) refresh();
    await vi.advanceTimersByTimeAsync(1000);
    expect(beganAt).toEqual([0, 80]);
    refresh();
    expect(beganAt).toHaveLength(3);
  });

  test('shows a change within 300 ms while changes come all the time', async () => {
    const { beganAt, run } = runs(40);
    const refresh = paced(run, 60);
    for (let n = 0; n < 100; n++) {
      refresh();
      await vi.advanceTimersByTimeAsync(10);
    }
    // A change waits no longer than from one beginning to the end of the run after it.
    expect(Math.max(...beganAt.slice(1).map((at, n) => at - (beganAt[n] as number))) + 40).toBeLessThan(300);
  });

  test('asks a slow server seldom, and never twice at once', async () => {
    const { beganAt, run } = runs(2000);
    const refresh = paced(run, 60);
    for (let n = 0; n < 50; n++) {
      refresh();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(beganAt).toEqual([0, 3000]);
  });

  test('goes on after a run that failed', async () => {
    let count = 0;
    const refresh = paced(() => Promise.reject(new Error(`run ${(count += 1)}`)), 60);
    refresh();
    refresh();
    await vi.advanceTimersByTimeAsync(200);
    expect(count).toBe(2);
  });
});
