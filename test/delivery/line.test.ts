import { expect, test } from 'vitest';
import { Line, ranks } from '../../src/delivery/line.ts';

test('who gives up in the moment of its turn takes nobody else out of the line', { timeout: 2_000 }, async () => {
  const leaver = new AbortController();
  const line = new Line(() => {
    // After the turn is given, and before the one who waited for it goes on.
    queueMicrotask(() => queueMicrotask(() => leaver.abort(new Error('gave up'))));
    return Promise.resolve([0]);
  });
  await Promise.all([line.turn({ signal: leaver.signal }), line.turn()]);
});

test('who is woken comes before who is only told, the worst first, in their own order', async () => {
  const order: string[] = [];
  const { promise: open, resolve: begin } = Promise.withResolvers<void>();
  const line = new Line(async () => {
    await open;
    return [0];
  });
  const turns = ['a', 'page 1', 'b', 'critical 1', 'c', 'page 2', 'critical 2'].map((name) =>
    line
      .turn({ rank: { critical: ranks.critical, page: ranks.page }[name.split(' ')[0] as 'page'] ?? ranks.notice })
      .then(() => order.push(name)),
  );
  begin();
  await Promise.all(turns);
  expect(order).toEqual(['critical 1', 'critical 2', 'page 1', 'page 2', 'a', 'b', 'c']);
});
