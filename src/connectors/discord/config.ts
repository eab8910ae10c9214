import { z } from 'zod';
import { destination, secret } from '../secret.ts';
import { isSnowflake } from './snowflake.ts';
import { readWebhookUrl, type Webhook } from './webhook-url.ts';

const id = (what: string) => z.string().trim().refine(isSnowflake, `must be the ID of a ${what}, 17 to 20 digits`);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

export const DiscordConfig = z
  .strictObject({
    webhook_url: destination(secret(httpUrl))
      .optional()
      .describe('Webhook mode: the URL of a channel’s webhook. It is kept secret, since it contains a token.'),
    bot_token: secret(
      z
        .string()
        .trim()
        .regex(/^[\x21-\x7e]+$/, 'must be one word, as the page Bot of the application shows it'),
    )
      .optional()
      .describe('Bot mode: the token on the application’s page *Bot*.'),
    guild_id: id('server').optional().describe('Bot mode: the server’s ID.'),
    incidents_category_id: id('category')
      .optional()
      .describe('The category in which war rooms are opened. If empty, they are opened outside of any.'),
    default_channel: id('channel').optional().describe('The channel for messages without an address. If empty, the webhook’s.'),
    application_id: id('application').optional().describe('The application’s ID, for commands. If empty, Discord is asked for it.'),
    public_key: z
      .string()
      .trim()
      .regex(/^[0-9a-f]{64}$/i, 'must be the application’s public key, 64 hexadecimal digits')
      .optional()
      .describe('The application’s public key, if Discord sends interactions to the URL of this installation.'),
    api_url: destination(httpUrl).optional().describe('Another address of Discord’s API, for tests. By default `https://discord.com/api`.'),
  })
  .superRefine((config, context) => {
    const problem = (field: string, message: string): void => context.addIssue({ code: 'custom', path: [field], message });
    if (config.webhook_url !== undefined && readWebhookUrl(config.webhook_url) === null)
      problem('webhook_url', 'must look like https://discord.com/api/webhooks/<id>/<token>, with no /slack or /github at its end');
    if (config.bot_token !== undefined && config.guild_id === undefined) problem('guild_id', 'is needed beside bot_token');
    if (config.bot_token !== undefined) return;
    if (config.webhook_url === undefined) problem('webhook_url', 'is needed, or else bot_token and guild_id');
    for (const field of ['incidents_category_id', 'default_channel'] as const)
      if (config[field] !== undefined) problem('bot_token', `is needed for ${field}`);
  });

export type DiscordConfig = z.infer<typeof DiscordConfig>;

/** The bot of the config. */
export interface Bot {
  readonly token: string;
  readonly guildId: string;
  readonly categoryId: string | null;
  readonly defaultChannel: string | null;
}

const publicApi = 'https://discord.com/api';

/** Without a version and a slash at its end. */
export const apiOf = ({ api_url }: Pick<DiscordConfig, 'api_url'>): string => (api_url ?? publicApi).replace(/\/$/, '');

/** Null where the config has none. */
export function botOf({ bot_token, guild_id, incidents_category_id, default_channel }: DiscordConfig): Bot | null {
  if (bot_token === undefined || guild_id === undefined) return null;
  return { token: bot_token, guildId: guild_id, categoryId: incidents_category_id ?? null, defaultChannel: default_channel ?? null };
}

/** Null where the config has none. */
export const webhookOf = ({ webhook_url }: DiscordConfig): Webhook | null =>
  webhook_url === undefined ? null : readWebhookUrl(webhook_url);
