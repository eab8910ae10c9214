import { createHash } from 'node:crypto';
import type { Call } from '../call.ts';
import type { Ref } from '../outcome.ts';
import type { DiscordConfig } from './config.ts';
import type { Body } from './message.ts';
import { linkTo, messageId } from './ref.ts';
import { openApi, type Api } from './rest.ts';
import { MessageShape } from './shapes.ts';
import type { Webhook } from './webhook-url.ts';

/** @param guildId null for a conversation with one person */
export async function postToChannel(
  { actId }: Pick<Call<DiscordConfig>, 'actId'>,
  { rest, routes }: Api,
  guildId: string | null,
  channel: string,
  body: object,
): Promise<Ref> {
  const answer = await rest.post(routes.channelMessages(channel), { body: { ...body, nonce: nonceOf(actId), enforce_nonce: true } });
  const { id } = MessageShape.parse(answer);
  return { id: messageId(channel, id), url: linkTo(guildId, channel, id), receipt: `message ${id}` };
}

/** The channel of a conversation is made by the first call, and the same ever after. */
export async function postToPerson(call: Call<DiscordConfig>, api: Api, person: string, body: object): Promise<Ref> {
  const { id } = MessageShape.pick({ id: true }).parse(await api.rest.post(api.routes.userChannels(), { body: { recipient_id: person } }));
  return postToChannel(call, api, null, id, body);
}

export async function postByWebhook(call: Call<DiscordConfig>, webhook: Webhook, body: Body): Promise<Ref> {
  const { rest, routes } = await openApi(call, webhook.api, null);
  const query = webhookQuery(webhook);
  query.set('wait', 'true');
  const answer = await rest.post(routes.webhook(webhook.id, webhook.token), { auth: false, query, body });
  const { id, channel_id: channel } = MessageShape.parse(answer);
  const { guild_id: guild } = call.config;
  return { id: `webhook/${webhook.id}/${id}`, url: guild === undefined ? null : linkTo(guild, channel, id), receipt: `message ${id}` };
}

/** Without `with_components` Discord leaves our links out. */
export const webhookQuery = ({ threadId }: Webhook): URLSearchParams =>
  new URLSearchParams({ with_components: 'true', ...(threadId !== null && { thread_id: threadId }) });

/** Up to 25 characters, by which Discord knows a repeat for some minutes (docs.discord.com/developers/resources/message, create message). */
export const nonceOf = (actId: string): string => createHash('sha256').update(actId).digest('base64url').slice(0, 25);
