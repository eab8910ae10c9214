import { expect, test } from 'vitest';
import { Line } from '../../src/delivery/line.ts';

test('who gives up in the moment of its turn takes nobody else out of the line', { timeout: 2_000 }, async () => {
  const leaver = new AbortController();
  const line = new Line(() => {
    // After the turn is given, and before the one who waited for it goes on.
    queueMicrotask(() => queueMicrotask(() => leaver.abort(new Error('gave up'))));
    return Promise.resolve([0]);
  });
  await Promise.all([line.turn({ signal: leaver.signal }), line.turn()]);
});

test('what is urgent comes before all that waits, in its own order', async () => {
  const order: string[] = [];
  const { promise: open, resolve: begin } = Promise.withResolvers<void>();
  const line = new Line(async () => {
    await open;
    return [0];
  });
  const turns = ['a', 'b', 'URGENT 1', 'c', 'URGENT 2'].map((name) =>
    line.turn({ isUrgent: name.startsWith('URGENT') }).then(() => order.push(name)),
  );
  begin();
  await Promise.all(turns);
  expect(order).toEqual(['URGENT 1', 'URGENT 2', 'a', 'b', 'c']);
});
