import type { ProductionConfig } from '../config.ts';
import { startWorker } from '../worker/main.ts';

/** Until SIGTERM or SIGINT; rejects when the worker fails by itself. */
export async function runWorker(config: ProductionConfig): Promise<void> {
  const worker = await startWorker(config);
  const stop = (): void => void worker.stop().catch(() => undefined);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  process.send?.('ready');
  await worker.done;
}
