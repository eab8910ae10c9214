import type { Logger } from 'pino';
import type { Call } from '../connectors/call.ts';
import { failedForNow, failureOf, type Outcome } from '../connectors/outcome.ts';
import { said } from '../domain/said.ts';

/**
 * One call of a connector's ability. Whatever goes wrong is a failure. Of an error that nobody expected only the words are logged,
 * without the config's secrets, and where it came from: a vendor's SDK may hang the whole request on it.
 */
export async function attempt<T>(call: Pick<Call<unknown>, 'http'>, log: Logger, act: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await act();
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== null) return failure;
    log.error({ error: call.http.shown(String(error)), at: placesOf(error) }, 'a connector failed unexpectedly');
    return failedForNow(said('cause.unexpected'), { maybeDone: true });
  }
}

const placesOf = (error: unknown): readonly string[] =>
  error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line)) : [];
