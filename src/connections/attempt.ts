import type { Logger } from 'pino';
import type { Call } from '../connectors/call.ts';
import { failedForNow, failureOf, type Outcome } from '../connectors/outcome.ts';
import { said } from '../domain/said.ts';

/**
 * One call of a connector's ability, until its signal. Whatever goes wrong is a failure. Of an error that nobody expected only the words are logged,
 * without the config's secrets, and where it came from: a vendor's SDK may hang the whole request on it.
 */
export async function attempt<T>(
  call: Pick<Call<unknown>, 'http' | 'signal'>,
  log: Logger,
  act: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  try {
    return await untilOver(act(), call.signal);
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== null) return failure;
    log.error({ error: call.http.shown(String(error)), at: placesOf(error).map(call.http.shown) }, 'a connector failed unexpectedly');
    return failedForNow(said('cause.unexpected'), { maybeDone: true });
  }
}

const placesOf = (error: unknown): readonly string[] =>
  error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at ')) : [];

/** Milliseconds: so long a connector has to say itself what it was doing when its time was over. */
const graceMs = 1_000;

/** An SDK that does not hear the signal is left behind: else its message would count as under way for ever. */
async function untilOver<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(() => reject(new DOMException('its time is over', 'TimeoutError')), graceMs);
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', start);
  }
}
