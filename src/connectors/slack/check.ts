import type { WebClient } from '@slack/web-api';
import { said, type Said } from '../../domain/said.ts';
import type { Standing } from '../connector.ts';
import { done, type Outcome } from '../outcome.ts';
import { readAddress } from './address.ts';
import { appTokenFailure } from './app-token.ts';
import { channelOf, findChannel, type Channel } from './channels.ts';
import { asking, clientOptions, type SlackCall } from './client.ts';
import { canReceive } from './config.ts';
import { codeOf, cureOf } from './failure.ts';
import { memberByMail } from './places.ts';
import { lackingFeatures } from './scopes.ts';

type Lack = Standing['lacking'][number];

/** As whom Slack knows us, and what does not work. Nothing is sent. */
export const check = (call: SlackCall): Promise<Outcome<Standing>> =>
  asking(call, async (slack) => {
    const { team, user, response_metadata } = await slack.auth.test();
    // The header `x-oauth-scopes`; where something took it away, nothing is known of them.
    const scopes = response_metadata?.scopes;
    const granted = scopes === undefined ? null : new Set(scopes);
    const lacking = [
      ...(granted === null ? [] : missingScopes(granted, canReceive(call.config))),
      ...(await defaultChannelLack(call, slack, granted)),
      ...(await appTokenLack(call)),
    ];
    return done({ account: [team, user].filter((name) => name !== undefined).join(' · ') || null, lacking });
  });

const missingScopes = (granted: ReadonlySet<string>, isReceiving: boolean): readonly Lack[] =>
  lackingFeatures(granted, isReceiving).map(({ feature, scopes }) => {
    const values = { scopes: scopes.join(', ') };
    return { reason: said(`cause.slackLacking.${feature.id}`, values), cure: said('cure.slackScope', values) };
  });

/** Whether a message would arrive there. What the app may not read is not known, and no fault. */
async function defaultChannelLack(call: SlackCall, slack: WebClient, granted: ReadonlySet<string> | null): Promise<readonly Lack[]> {
  const { default_channel: address } = call.config;
  if (address === undefined) return [];
  const code = await refusalAt(slack, address, granted?.has('chat:write.public') ?? false);
  if (code === null) return [];
  const cure: Said = cureOf(code) ?? said('cure.slackAdmin');
  return [{ reason: said('cause.slackDefaultChannel', { channel: address, said: code }), cure }];
}

/** What Slack would answer to a message, as far as that can be told. */
async function refusalAt(slack: WebClient, address: string, mayPostAnywhere: boolean): Promise<string | null> {
  try {
    const read = readAddress(address);
    if (read?.kind === 'mail') await memberByMail(slack, read.mail);
    if (read?.kind === 'member') await slack.users.info({ user: read.id });
    if (read?.kind === 'channel' && !read.id.startsWith('D'))
      return refusalOf(channelOf((await slack.conversations.info({ channel: read.id })).channel ?? {}), mayPostAnywhere);
    if (read?.kind !== 'name') return null;
    const channel = await findChannel(slack, read.name);
    return channel === null ? 'channel_not_found' : refusalOf(channel, mayPostAnywhere);
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    return code === 'missing_scope' ? null : code;
  }
}

function refusalOf({ isArchived, isMember, isPrivate }: Channel, mayPostAnywhere: boolean): string | null {
  if (isArchived) return 'is_archived';
  return isMember || (mayPostAnywhere && !isPrivate) ? null : 'not_in_channel';
}

/** An address for a socket is asked for, and not used. */
async function appTokenLack(call: SlackCall): Promise<readonly Lack[]> {
  const { app_token } = call.config;
  if (app_token === undefined) return [];
  const sdk = await import('@slack/web-api');
  try {
    await new sdk.WebClient(app_token, clientOptions(call)).apps.connections.open();
    return [];
  } catch (error) {
    const { permanent, reason, cure } = appTokenFailure(error, call.http);
    return permanent ? [{ reason, cure: cure ?? said('cure.slackAppToken') }] : [];
  }
}
