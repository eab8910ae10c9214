import { z } from 'zod';
import { destination, secret } from '../secret.ts';
import { readAddress } from './address.ts';

const oneWord = (message: string) => z.string().trim().regex(/^\S+$/, message);

/** docs.slack.dev/authentication/tokens: the letters before the first hyphen tell what a token is. */
const botToken = oneWord('must be a bot token, which begins with xoxb-').refine(
  (text) => !text.startsWith('xapp-'),
  'is an app-level token: it belongs into app_token; the bot token begins with xoxb-',
);
const appToken = oneWord('must be an app-level token').startsWith('xapp-', 'must be an app-level token, which begins with xapp-');

export const SlackAddress = z
  .string()
  .trim()
  .refine((text) => readAddress(text) !== null, 'must be a channel (C0123456789, #incidents), a member (U0123456789), or an email address');

export const SlackConfig = z.strictObject({
  bot_token: secret(botToken).describe('Bot User OAuth Token (`xoxb-…`), under OAuth & Permissions.'),
  default_channel: SlackAddress.optional().describe(
    'Where messages go when the team has no channel; also for tests. A channel’s ID or `#name`, a member’s ID, or an email address.',
  ),
  signing_secret: secret(oneWord('must be one word'))
    .optional()
    .describe('Signing Secret, under Basic Information: buttons, commands and events then reach IMAS over HTTPS.'),
  app_token: secret(appToken)
    .optional()
    .describe('App-level token (`xapp-…`) with `connections:write`: the same over Socket Mode, for an IMAS that Slack cannot reach.'),
  api_url: destination(z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }))
    .default('https://slack.com/api/')
    .describe('Only for test servers.'),
});

export type SlackConfig = z.infer<typeof SlackConfig>;

/** Whether presses, commands and events can reach us. */
export const canReceive = ({ signing_secret, app_token }: Pick<SlackConfig, 'signing_secret' | 'app_token'>): boolean =>
  signing_secret !== undefined || app_token !== undefined;
