import { test } from 'vitest';
import { Line } from '../../src/delivery/line.ts';

test('who gives up in the moment of its turn takes nobody else out of the line', { timeout: 2_000 }, async () => {
  const leaver = new AbortController();
  const line = new Line(() => {
    // After the turn is given, and before the one who waited for it goes on.
    queueMicrotask(() => queueMicrotask(() => leaver.abort(new Error('gave up'))));
    return Promise.resolve([0]);
  });
  await Promise.all([line.turn(leaver.signal), line.turn()]);
});
