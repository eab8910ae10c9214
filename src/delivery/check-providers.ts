import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { attempt } from '../connections/attempt.ts';
import { openProvider } from '../connections/provider.ts';
import { createCall } from '../connectors/call.ts';
import type { Standing } from '../connectors/connector.ts';
import type { Outcome } from '../connectors/outcome.ts';
import { typeOf } from '../connectors/registry.ts';
import { storable } from '../db/storable.ts';
import type { Said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';
import type { SendDeps } from './send.ts';

export interface ProviderChecks {
  /** Asks no other, and waits for the one that it is at. */
  stop(): Promise<void>;
}

/** Why a provider cannot send, or what it cannot do for want of a right. */
export interface ProviderProblem {
  readonly reason: Said;
  readonly cure: Said | null;
}

const lookEveryMs = 30_000;
/** Asked again after so many minutes, and at once when it was changed. */
const againAfterMinutes = 10;
const checkTimeoutMs = 20_000;

/** Whoever set up a provider learns that its token was revoked before the next page needs it. */
export function startProviderChecks(deps: SendDeps): ProviderChecks {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = (async () => {
    while (!signal.aborted) {
      await checkProviders(deps, signal).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'providers could not be checked; it is tried again'),
      );
      await delay(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

/** Those that are due, each by one process: whoever moves its time asks. */
export async function checkProviders(deps: SendDeps, signal: AbortSignal): Promise<void> {
  const { pool } = deps.database;
  const types = deps.registry.notifiers().flatMap((connector) => (connector.check === undefined ? [] : [typeOf(connector)]));
  const { rows } = await pool.query<{ provider_id: string }>(
    `insert into provider_checks as c (provider_id, checked_at)
     select id, now() from providers where is_active and type = any($1)
     on conflict (provider_id) do update set checked_at = now()
       where c.checked_at < now() - make_interval(mins => $2) or c.checked_at < (select updated_at from providers where id = c.provider_id)
     returning provider_id`,
    [types, againAfterMinutes],
  );
  await Promise.all(rows.map(({ provider_id: id }) => check(deps, id, signal)));
}

async function check(deps: SendDeps, id: string, givenUp: AbortSignal): Promise<void> {
  const log = deps.log.child({ providerId: id });
  const standing = await ask(deps, id, log, givenUp);
  if (givenUp.aborted) return;
  const problems: readonly ProviderProblem[] = standing.ok ? standing.value.lacking : [{ reason: standing.reason, cure: standing.cure }];
  for (const { reason } of problems) log.warn({ reason: words(reason) }, 'a provider is not as it should be');
  await deps.database.pool.query('update provider_checks set account = $2, problems = $3 where provider_id = $1', [
    id,
    standing.ok ? standing.value.account : null,
    storable(problems),
  ]);
}

async function ask(deps: SendDeps, id: string, log: Logger, givenUp: AbortSignal): Promise<Outcome<Standing>> {
  const opened = await openProvider(deps, id);
  if (!opened.ok) return opened;
  const { connector, config } = opened.value;
  const signal = AbortSignal.any([givenUp, AbortSignal.timeout(checkTimeoutMs)]);
  const call = createCall(connector, { config, door: deps.egress, actId: `check/${id}`, signal });
  return attempt(call, log, async () => (await connector.check?.(call)) ?? { ok: true, value: { account: null, lacking: [] } });
}
