import type { GoogleDriveSettings } from '../../google-drive-settings.ts';
import type { Call } from '../call.ts';
import { done, type Outcome } from '../outcome.ts';
import { openGoogle, tokenKey, type GoogleClients, type GoogleTokens } from './client.ts';
import { failureFor, readGoogleError } from './failure.ts';

export interface AttemptOptions {
  /** Whether something is made. */
  readonly makes: boolean;
}

/** Does some work with Google's clients: an outcome of it, also where they threw. @throws what the network and the door threw */
export async function attempt<T>(
  call: Call<GoogleDriveSettings>,
  tokens: GoogleTokens,
  options: AttemptOptions,
  work: (clients: GoogleClients) => Promise<T>,
): Promise<Outcome<T>> {
  const key = tokenKey(call.config);
  const hadToken = tokens.has(key);
  try {
    const { clients, keepToken } = await openGoogle(call, tokens);
    const value = await work(clients);
    keepToken();
    return done(value);
  } catch (error) {
    const told = readGoogleError(error);
    if (told.status === 401) tokens.delete(key);
    // A token that was good an hour ago may have been revoked: the first request tells.
    return told.status === 401 && hadToken ? attempt(call, tokens, options, work) : failureFor(told, call, options);
  }
}
