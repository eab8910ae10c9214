import type { WebClient } from '@slack/web-api';
import { said } from '../../domain/said.ts';
import type { Groups } from '../connector.ts';
import { done, failedForGood } from '../outcome.ts';
import { asking } from './client.ts';
import type { SlackConfig } from './config.ts';
import { membersOf } from './members.ts';

const groupId = /^S[A-Z0-9]{2,30}$/;

export const groups: Groups<SlackConfig> = {
  /** @param group an id, `S0123456789`, or a handle, `@sre-oncall` */
  set: (call, group, members) =>
    asking(call, async (slack) => {
      const usergroup = groupId.test(group) ? group : await groupByHandle(slack, group.replace(/^@/, ''));
      if (usergroup === null)
        return failedForGood(said('cause.slackRefused', { said: 'no_such_subteam' }), { cure: said('cure.slackGroup') });
      const { found, unknown, refusal } = await membersOf(slack, members);
      if (found.length === 0 && refusal !== null) throw refusal;
      // Slack has no empty groups: `no_users_provided`.
      if (found.length > 0) await slack.usergroups.users.update({ usergroup, users: [...new Set(found.map(({ id }) => id))].join(',') });
      return done(unknown);
    }),
};

async function groupByHandle(slack: WebClient, handle: string): Promise<string | null> {
  const { usergroups = [] } = await slack.usergroups.list();
  return usergroups.find((group) => group.handle === handle)?.id ?? null;
}
