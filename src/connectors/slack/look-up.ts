import { done, type Outcome } from '../outcome.ts';
import type { Member } from '../connector.ts';
import { asking, type SlackCall } from './client.ts';

/**
 * Whom Slack knows by this account (docs.slack.dev/reference/methods/users.info). Its mail address was confirmed, or comes from the
 * organisation's directory; a guest of another workspace, or a bot, has none that counts here.
 */
export const lookUp = (call: SlackCall, accountId: string): Promise<Outcome<Member>> =>
  asking(call, async (slack) => {
    const { user } = await slack.users.info({ user: accountId });
    const isOurs = user !== undefined && user.is_bot !== true && user.is_stranger !== true && user.deleted !== true;
    const name = user?.profile?.display_name || user?.real_name || user?.name || accountId;
    return done({ name, email: isOurs ? (user.profile?.email ?? null) : null, accountId });
  });
