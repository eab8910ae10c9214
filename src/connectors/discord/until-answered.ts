import { EgressFailed } from '../../egress/egress.ts';
import type { Call } from '../call.ts';
import { done } from '../outcome.ts';
import type { DiscordConfig } from './config.ts';
import { attempt } from './failure.ts';
import { ListeningEnded } from './listening-ended.ts';
import { sleep, type Patience } from './patience.ts';

/**
 * Asks until there is an answer, as patiently as Discord wishes. @returns null where the signal ended it
 * @throws ListeningEnded for what would be refused again, EgressRefused
 */
export async function untilAnswered<T>(call: Call<DiscordConfig>, { pauseMs }: Patience, work: () => Promise<T>): Promise<T | null> {
  for (let failures = 1; !call.signal.aborted; failures += 1) {
    const outcome = await attempt<T | null>(call, async () => done(await work())).catch(ifNetwork);
    if (outcome?.ok === true) return outcome.value;
    if (outcome?.permanent === true) throw new ListeningEnded(outcome);
    await sleep(outcome?.retryAfterMs ?? pauseMs(failures), call.signal);
  }
  return null;
}

function ifNetwork(error: unknown): null {
  if (error instanceof EgressFailed) return null;
  throw error;
}
