import type { WebClient, WebClientOptions } from '@slack/web-api';
import { createVendorFetch } from '../../egress/vendor-fetch.ts';
import type { Call } from '../call.ts';
import type { Outcome } from '../outcome.ts';
import type { SlackConfig } from './config.ts';
import { toFailure } from './failure.ts';

export type SlackCall = Call<SlackConfig>;
export type Logger = NonNullable<WebClientOptions['logger']>;

/** A page of 999 channels has some 1.5 MB. */
const maxAnswerBytes = 16 * 1024 * 1024;

const nothing = (): void => undefined;
/** The SDK's own writes to the console. Whatever matters comes back as an error. */
export const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => 'error' as ReturnType<Logger['getLevel']>,
};

/** Through the door, in the call's time. Waiting and trying again is the caller's: with the SDK's retries off, it would sleep and then fail. */
export const clientOptions = ({ config, door, signal }: SlackCall): WebClientOptions => ({
  slackApiUrl: config.api_url,
  allowAbsoluteUrls: false,
  fetch: createVendorFetch(door, { signal, maxAnswerBytes }),
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  logger: silent,
});

/**
 * Asks Slack as the bot; what it refuses is a failure.
 * @throws what the network did
 */
export async function asking<T>(call: SlackCall, ask: (slack: WebClient) => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const sdk = await import('@slack/web-api');
  try {
    return await ask(new sdk.WebClient(call.config.bot_token, clientOptions(call)));
  } catch (error) {
    return toFailure(error, call.http);
  }
}
