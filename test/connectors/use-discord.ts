import { onTestFinished } from 'vitest';
import { createCall, type Call } from '../../src/connectors/call.ts';
import { DiscordConfig } from '../../src/connectors/discord/config.ts';
import { createDiscordConnector } from '../../src/connectors/discord/connector.ts';
import { failureOf, type Outcome } from '../../src/connectors/outcome.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { startDiscord, type Discord } from './emulators/discord/server.ts';
import { known, webhookToken } from './emulators/discord/world.ts';
import { spoken, type Spoken } from './send.ts';

/** As patient as a test can be. */
export const connector = createDiscordConnector({ replyMs: 100, pauseMs: () => 5 });

const door = createEgress({ allow: ['127.0.0.1'] });

/** Until the end of the test. */
export async function discord(): Promise<Discord> {
  const started = await startDiscord();
  onTestFinished(() => started.close());
  return started;
}

type Config = Partial<Record<keyof DiscordConfig, string>>;

export const botConfig = ({ api, world }: Discord, more: Config = {}): Config => ({
  bot_token: world.token,
  guild_id: known.guild,
  api_url: api,
  ...more,
});

export const webhookConfig = ({ webhookUrl }: Discord, more: Config = {}): Config => ({
  webhook_url: webhookUrl(known.webhook, webhookToken),
  ...more,
});

export interface Calling {
  readonly actId?: string;
  readonly signal?: AbortSignal;
}

export const callWith = (config: Config, { actId = 'act-1', signal = AbortSignal.timeout(20_000) }: Calling = {}): Call<DiscordConfig> =>
  createCall(connector, { config: DiscordConfig.parse(config), door, actId, signal });

/** What came of it, with the English words of a failure, also of one of the network. */
export async function outcomeOf<T>(work: Promise<Outcome<T>>): Promise<Spoken<T>> {
  try {
    return spoken(await work);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return spoken(failure);
  }
}

export async function valueOf<T>(work: Promise<Outcome<T>>): Promise<T> {
  const outcome = await outcomeOf(work);
  if (!outcome.ok) throw new Error(`${outcome.reason} ${outcome.cure}`);
  return outcome.value;
}
