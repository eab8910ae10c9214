import type * as Discord from 'discord.js';
import { ZodError } from 'zod';
import { said, type Said } from '../../domain/said.ts';
import type { Call } from '../call.ts';
import { failedForGood, failedForNow, type Failure, type Outcome } from '../outcome.ts';
import type { DiscordConfig } from './config.ts';
import { invitation } from './invitation.ts';

/**
 * Does it, and makes a failure of what Discord refuses. The codes and their meanings: docs.discord.com/developers/topics/opcodes-and-status-codes.
 * @throws what the network does
 */
export async function attempt<T>(call: Call<DiscordConfig>, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    return failureFrom(error, call, await import('discord.js'));
  }
}

/** Discord's code of a refusal; null for anything else. */
export async function refusalCode(error: unknown): Promise<number | null> {
  const { DiscordAPIError } = await import('discord.js');
  return error instanceof DiscordAPIError ? Number(error.code) : null;
}

function failureFrom(error: unknown, { config, http }: Call<DiscordConfig>, classes: typeof Discord): Failure {
  if (error instanceof classes.RateLimitError)
    return failedForNow(said('cause.discord.limited'), { retryAfterMs: error.retryAfter > 0 ? Math.ceil(error.retryAfter) : null });
  // Broken off in the middle, or not what the documentation says.
  if (error instanceof SyntaxError || error instanceof ZodError) return failedForNow(said('cause.discord.unreadable'), { maybeDone: true });
  // 503 says that it was not begun.
  if (error instanceof classes.HTTPError)
    return failedForNow(said('cause.httpStatus', { status: error.status }), { maybeDone: error.status !== 503 });
  if (!(error instanceof classes.DiscordAPIError)) throw error;
  const code = Number(error.code);
  const words = http.shown(error.message);
  const reason = Number.isInteger(code)
    ? said('cause.discord.said', { said: words, code })
    : said('cause.httpStatus', { status: error.status });
  if (passing.has(code)) return failedForNow(reason);
  return failedForGood(reason, { cure: cureFor(code, error.status, config) });
}

/** Limits that pass, and what Discord has turned off for a while. */
const passing: ReadonlySet<number> = new Set([20016, 20022, 20028, 20029, 30046, 40003, 40004, 40006, 40062, 130000]);

const cures: Readonly<Record<number, Said>> = {
  10003: said('cure.discord.channel'),
  10013: said('cure.discord.person'),
  10015: said('cure.discord.webhook'),
  30003: said('cure.discord.fullPins'),
  30013: said('cure.discord.fullServer'),
  40058: said('cure.discord.channelKind'),
  50007: said('cure.discord.directMessages'),
  50008: said('cure.discord.channelKind'),
  50013: said('cure.discord.permission'),
  50024: said('cure.discord.channelKind'),
  50027: said('cure.discord.webhook'),
  50033: said('cure.discord.person'),
  50278: said('cure.discord.directMessages'),
  160002: said('cure.discord.permission'),
};

function cureFor(code: number, status: number, config: DiscordConfig): Said | null {
  if (code === 10004) return said('cure.discord.guild', { link: invitation(config.application_id) });
  if (code === 50001) return said('cure.discord.invite', { link: invitation(config.application_id) });
  // A webhook's token that is wrong has a code of its own.
  return cures[code] ?? (status === 401 ? said('cure.discord.token') : null);
}
