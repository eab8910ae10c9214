import { Connection } from '@temporalio/client';
import type { TemporalSettings } from '../temporal-settings.ts';

export interface TemporalProbe {
  reachable(): Promise<boolean>;
  close(): Promise<void>;
}

/** However often readiness is asked, the server is asked once in this time. */
const rememberMs = 1_000;
const patienceMs = 1_500;

/** Whether Temporal answers, over one connection that heals by itself. */
export function createTemporalProbe({ address, access }: TemporalSettings & { readonly address: string }): TemporalProbe {
  const connection = Connection.lazy({ ...access, address, connectTimeout: patienceMs });
  let last: { readonly atMs: number; readonly answer: Promise<boolean> } | undefined;

  const ask = (): Promise<boolean> =>
    connection
      .withDeadline(Date.now() + patienceMs, () => connection.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      );
  return {
    reachable() {
      if (last === undefined || performance.now() - last.atMs > rememberMs) last = { atMs: performance.now(), answer: ask() };
      return last.answer;
    },
    close: () => connection.close(),
  };
}
