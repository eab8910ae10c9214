/** In a storm of changes, lists and incidents rest no less than this between two reads: so a row is on the screen within 300 ms. */
export const listRestMs = 60;

/**
 * Runs at once. While a run lasts, and after it for half as long as it lasted, though no less than `leastRestMs`, further
 * calls wait; then one run stands for all of them. So a quick server is asked often, and a slow one seldom.
 */
export function paced(run: () => Promise<unknown>, leastRestMs: number): () => void {
  let wanted = false;
  let busy = false;
  const go = async (): Promise<void> => {
    busy = true;
    do {
      wanted = false;
      const beganAtMs = performance.now();
      await run().catch(() => undefined);
      const restMs = Math.max(leastRestMs, (performance.now() - beganAtMs) / 2);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    } while (wanted);
    busy = false;
  };
  return () => {
    wanted = true;
    if (!busy) void go();
  };
}
