import { said } from '../../domain/said.ts';
import type { Call } from '../call.ts';
import { done, failedForGood, type Failure, type Outcome, type Ref } from '../outcome.ts';
import { readAddress } from './address.ts';
import { apiOf, botOf, webhookOf, type Bot, type DiscordConfig } from './config.ts';
import { attempt, refusalCode } from './failure.ts';
import type { Body } from './message.ts';
import { postByWebhook, postToChannel, postToPerson, webhookQuery } from './post.ts';
import { readSent, type Sent } from './ref.ts';
import { openApi } from './rest.ts';
import type { Webhook } from './webhook-url.ts';

type DiscordCall = Call<DiscordConfig>;

/** Bodies differ by who sends: presses of buttons come back to a bot alone. */
export type Write = (canPress: boolean) => Body;

/** @param to null for the default channel, or else the webhook's */
export async function sendMessage(call: DiscordCall, to: string | null, write: Write): Promise<Outcome<Ref>> {
  const [bot, webhook] = [botOf(call.config), webhookOf(call.config)];
  const target = to ?? bot?.defaultChannel ?? null;
  if (target !== null) return bot === null ? refused('needsBot', 'enterBot') : sendTo(call, bot, target, write(true));
  return webhook === null
    ? refused('noPlace', 'enterChannel')
    : attempt(call, async () => done(await postByWebhook(call, webhook, write(false))));
}

/** Another text in the place of what was sent. */
export const changeMessage = (call: DiscordCall, ref: Ref, write: Write): Promise<Outcome<Ref>> =>
  withSender(call, ref, {
    bot: async (bot, { channel, message }) => {
      const { rest, routes } = await openApi(call, apiOf(call.config), bot.token);
      await rest.patch(routes.channelMessage(channel, message), { body: write(true) });
      return done({ ...ref, receipt: `message ${message}` });
    },
    webhook: async (webhook, { message }) => {
      const { rest, routes } = await openApi(call, webhook.api, null);
      const query = webhookQuery(webhook);
      await rest.patch(routes.webhookMessage(webhook.id, webhook.token, message), { auth: false, query, body: write(false) });
      return done({ ...ref, receipt: `message ${message}` });
    },
  });

/** A reply to what was sent. A webhook knows none: it writes below. */
export const replyTo = (call: DiscordCall, ref: Ref, body: Body): Promise<Outcome<Ref>> =>
  withSender(call, ref, {
    bot: async (bot, { channel, message }) => {
      const api = await openApi(call, apiOf(call.config), bot.token);
      const reference = { message_id: message, channel_id: channel, fail_if_not_exists: false };
      try {
        return done(await postToChannel(call, api, bot.guildId, channel, { ...body, message_reference: reference }));
      } catch (error) {
        // Without the right to read what was written, there are no replies.
        if ((await refusalCode(error)) !== 160002) throw error;
        return done(await postToChannel(call, api, bot.guildId, channel, body));
      }
    },
    webhook: async (webhook) => done(await postByWebhook(call, webhook, body)),
  });

async function sendTo(call: DiscordCall, bot: Bot, to: string, body: Body): Promise<Outcome<Ref>> {
  const address = readAddress(to);
  if (address === null) return refused('badAddress', 'address');
  return attempt(call, async () => {
    const api = await openApi(call, apiOf(call.config), bot.token);
    if (address.kind === 'person') return done(await postToPerson(call, api, address.id, body));
    try {
      return done(await postToChannel(call, api, bot.guildId, address.id, body));
    } catch (error) {
      // Only Discord knows whether an id is a channel's or a person's.
      if (address.kind === 'channel' || (await refusalCode(error)) !== unknownChannel) throw error;
      return postToPerson(call, api, address.id, body).then(done, async (other: unknown) => {
        // No person's either: what was said of the channel is the likelier mistake.
        throw isNobody(await refusalCode(other)) ? error : other;
      });
    }
  });
}

const unknownChannel = 10003;
const isNobody = (code: number | null): boolean => code === 10013 || code === 50033;

interface Senders {
  bot(bot: Bot, sent: Extract<Sent, { by: 'bot' }>): Promise<Outcome<Ref>>;
  webhook(webhook: Webhook, sent: Extract<Sent, { by: 'webhook' }>): Promise<Outcome<Ref>>;
}

/** Only who wrote a message may change it. */
async function withSender(call: DiscordCall, ref: Ref, senders: Senders): Promise<Outcome<Ref>> {
  const sent = readSent(ref);
  if (sent === null) return refused('unknownMessage', null);
  const [bot, webhook] = [botOf(call.config), webhookOf(call.config)];
  if (sent.by === 'bot') return bot === null ? refused('needsBot', 'enterBot') : attempt(call, () => senders.bot(bot, sent));
  return webhook === null || webhook.id !== sent.webhook
    ? refused('otherWebhook', null)
    : attempt(call, () => senders.webhook(webhook, sent));
}

type Cause = 'needsBot' | 'noPlace' | 'badAddress' | 'unknownMessage' | 'otherWebhook';

const refused = (cause: Cause, cure: 'enterBot' | 'enterChannel' | 'address' | null): Failure =>
  failedForGood(said(`cause.discord.${cause}`), { cure: cure === null ? null : said(`cure.discord.${cure}`) });
