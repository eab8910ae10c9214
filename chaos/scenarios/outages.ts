import { setTimeout as delay } from 'node:timers/promises';
import { bearer } from '../traffic.ts';
import { perform, type Report, type Stage, type TrialOptions } from '../stage.ts';

export interface OutageOptions extends TrialOptions {
  readonly downSeconds: number;
}

/** Temporal is away: senders and people are answered as ever, and everything reaches people when it is back. */
export function temporalDown({ downSeconds, ...options }: OutageOptions): Promise<Report> {
  return perform({
    ...options,
    name: 'temporal-down',
    async act({ installation, traffic, died }) {
      traffic.start();
      await delay(3_000);
      await installation.killTemporal();
      died('temporal', 'killed');
      await delay(downSeconds * 1_000);
      await installation.startTemporal();
      await delay(2_000);
      return { figures: { down_seconds: downSeconds } };
    },
  });
}

/** No answer may take longer; Alertmanager waits for ten seconds, Sentry for one. */
const answerWithinMs = 1_000;

/** Postgres is away: senders are told 503 at once, and as soon as it is back they are told 202 again. */
export function postgresDown({ downSeconds, ...options }: OutageOptions): Promise<Report> {
  return perform({
    ...options,
    name: 'postgres-down',
    mayAnswer: /^503$/,
    async act(stage) {
      const { installation } = stage;
      return outage(
        stage,
        downSeconds,
        () => installation.killPostgres(),
        () => installation.startPostgres(),
      );
    },
  });
}

/** Postgres says nothing, and its sockets stay open: the same. */
export function postgresSilent({ downSeconds, ...options }: OutageOptions): Promise<Report> {
  return perform({
    ...options,
    name: 'postgres-silent',
    mayAnswer: /^(503|500|broken)$/,
    async act(stage) {
      const { installation } = stage;
      return outage(
        stage,
        downSeconds,
        () => installation.freezePostgres('SIGSTOP'),
        () => installation.freezePostgres('SIGCONT'),
      );
    },
  });
}

async function outage({ installation, traffic, died }: Stage, downSeconds: number, begin: () => Promise<void>, end: () => Promise<void>) {
  traffic.start();
  await delay(3_000);
  await begin();
  died('postgres', 'away');
  const refusal = await slowestRefusal(installation.url, downSeconds * 1_000);
  await end();
  const backAtMs = performance.now();
  while (!(await probe(installation.url)).ok) await delay(50);
  const recoveredAfterMs = Math.round(performance.now() - backAtMs);
  await delay(2_000);
  return {
    figures: { down_seconds: downSeconds, slowest_503_ms: refusal.slowestMs, recovered_after_ms: recoveredAfterMs },
    violations: [
      ...(refusal.accepted > 0 ? [`${refusal.accepted} alerts were accepted though nothing could be kept`] : []),
      ...(refusal.slowestMs > answerWithinMs ? [`a 503 took ${refusal.slowestMs} ms`] : []),
    ],
  };
}

async function slowestRefusal(url: string, forMs: number): Promise<{ slowestMs: number; accepted: number }> {
  let slowestMs = 0;
  let accepted = 0;
  // What was on its way when it began may yet be answered either way.
  await delay(1_500);
  for (const deadlineMs = performance.now() + forMs - 1_500; performance.now() < deadlineMs; await delay(100)) {
    const { ok, ms } = await probe(url);
    slowestMs = Math.max(slowestMs, Math.round(ms));
    if (ok) accepted += 1;
  }
  return { slowestMs, accepted };
}

/** A sender that sends one alert, which is suppressed by nothing and known after the first time. */
async function probe(url: string): Promise<{ ok: boolean; ms: number }> {
  const startedAtMs = performance.now();
  const labels = { alertname: 'Trial0', service: 'shop', severity: 'warning', instance: 'Trial0-0' };
  const body = {
    version: '4',
    alerts: [{ status: 'firing', labels, annotations: { summary: 'Trial0 fires' }, startsAt: '2026-01-01T00:00:00Z' }],
  };
  const ok = await fetch(`${url}/api/v1/webhooks/alertmanager/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  }).then(
    (answer) => answer.ok,
    () => false,
  );
  return { ok, ms: performance.now() - startedAtMs };
}
