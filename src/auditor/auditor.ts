import { auditLimits } from '../domain/audit.ts';
import { EgressFailed, EgressRefused } from '../egress/egress.ts';
import type { AuditorDeps, AuditorPace } from './deps.ts';
import { look, type Looked } from './look.ts';

export const auditorPace: AuditorPace = { everyMs: 15_000, limits: auditLimits };

export interface Auditor {
  /** Begins no other look, and waits for the one that it is at. */
  stop(): Promise<void>;
}

const deadmanTimeoutMs = 5_000;

/**
 * Compares what is open and due in the store with what Temporal runs, again and again, in every API and worker process: so
 * somebody looks as long as one process of any kind lives. Between them they look once every `everyMs`.
 */
export function startAuditor(deps: AuditorDeps, pace: AuditorPace = auditorPace): Auditor {
  const { log } = deps;
  let stopped = false;
  let wake = (): void => undefined;

  const loop = (async () => {
    while (!stopped) {
      await auditOnce(deps, pace).catch((error: unknown) => log.warn({ err: error }, 'audit failed'));
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pace.everyMs / 3);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();

  return {
    async stop() {
      stopped = true;
      wake();
      await loop;
    },
  };
}

/** One look, where it is time for one and no other process is at it; null where not. Tells the dead-man URL of the good ones. */
export async function auditOnce(deps: AuditorDeps, pace: AuditorPace = auditorPace): Promise<Looked | null> {
  const looked = await look(deps, pace);
  if (looked === null) return null;
  const { findings, problems } = looked;
  if (findings.length > 0 || problems.length > 0) {
    const count = Object.fromEntries(
      [...new Set(findings.map(({ fault }) => fault))].map((fault) => [fault, findings.filter((one) => one.fault === fault).length]),
    );
    deps.log.warn({ ...count, paged: looked.paged, problems }, 'audit found problems');
  } else if (deps.deadmanUrl !== null) await ping(deps, deps.deadmanUrl);
  return looked;
}

/** A dead-man service that is away is no concern of ours; that nothing comes is what it waits for. */
async function ping({ egress, log }: AuditorDeps, url: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(deadmanTimeoutMs);
    const { status } = await egress.fetch({ url, method: 'GET', headers: { 'user-agent': 'IMAS' }, body: null, signal, cutAnswer: true });
    if (status >= 300) log.warn({ status }, 'the dead-man URL refused the ping');
  } catch (error) {
    if (!(error instanceof EgressFailed || error instanceof EgressRefused)) throw error;
    log.warn({ reason: error.message }, 'the dead-man URL could not be reached');
  }
}
