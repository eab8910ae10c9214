import type { WebClient } from '@slack/web-api';
import type { Member } from '../connector.ts';
import { codeOf, errorsByUser } from './failure.ts';
import { memberByMail } from './places.ts';

export interface Found {
  readonly member: Member;
  readonly id: string;
}

export interface Members {
  readonly found: readonly Found[];
  readonly unknown: readonly Member[];
  /** Why nobody was looked for by email address: a scope that is missing. Null where they were. */
  readonly refusal: unknown;
}

/** Their accounts: as they are linked, else by email address. */
export async function membersOf(slack: WebClient, members: readonly Member[]): Promise<Members> {
  const found: Found[] = [];
  const unknown: Member[] = [];
  let refusal: unknown = null;
  for (const member of members) {
    const { accountId, email } = member;
    if (accountId !== null) found.push({ member, id: accountId });
    else if (email === null || refusal !== null) unknown.push(member);
    else {
      try {
        found.push({ member, id: await memberByMail(slack, email) });
      } catch (error) {
        const code = codeOf(error);
        if (code === 'missing_scope') refusal = error;
        else if (code !== 'users_not_found') throw error;
        unknown.push(member);
      }
    }
  }
  return { found, unknown, refusal };
}

/** docs.slack.dev/reference/methods/conversations.invite */
const mostInvited = 100;
/** The bot itself, and whoever is there already, need no invitation. */
const isInThere: ReadonlySet<string> = new Set(['already_in_channel', 'cant_invite_self']);

/**
 * Those who could not be invited. Slack names them one by one; whether it invited the others then is not documented, so they are asked for again.
 * @throws what concerns the channel and not a person, as the SDK throws it
 */
export async function invite(slack: WebClient, channel: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const refused = new Set<string>();
  let left = [...new Set(ids)];
  while (left.length > 0) {
    const batch = left.slice(0, mostInvited);
    const errors = await inviteBatch(slack, channel, batch);
    for (const [user, code] of errors) if (!isInThere.has(code)) refused.add(user);
    const again = errors.size === 0 ? [] : batch.filter((user) => !errors.has(user));
    left = [...again, ...left.slice(mostInvited)];
  }
  return refused;
}

async function inviteBatch(slack: WebClient, channel: string, users: readonly string[]): Promise<ReadonlyMap<string, string>> {
  try {
    await slack.conversations.invite({ channel, users: users.join(','), force: true });
    return new Map();
  } catch (error) {
    const errors = errorsByUser(error);
    if (errors.size > 0) return errors;
    const code = codeOf(error);
    const [only] = users;
    if (code !== null && only !== undefined && users.length === 1 && aboutPeople.has(code)) return new Map([[only, code]]);
    throw error;
  }
}

/** Said of one person alone, where only one is invited. */
const aboutPeople: ReadonlySet<string> = new Set([
  ...isInThere,
  'user_not_found',
  'cant_invite',
  'app_cannot_join_channel',
  'invitee_cant_see_channel',
  'no_external_invite_permission',
  'no_permission',
  'org_user_not_in_team',
  'ura_max_channels',
  'user_is_restricted',
]);
