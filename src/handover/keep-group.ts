import { createHash } from 'node:crypto';
import { attempt } from '../connections/attempt.ts';
import { openFirstProvider, openProvider, type OpenedProvider } from '../connections/provider.ts';
import { createCall } from '../connectors/call.ts';
import type { Member } from '../connectors/connector.ts';
import { failedForGood, type Failure, type Outcome } from '../connectors/outcome.ts';
import { typeOf } from '../connectors/registry.ts';
import type { SendDeps } from '../delivery/send.ts';
import type { Duty } from '../domain/handover.ts';
import type { DirectoryUser } from '../domain/routing/directory.ts';
import { said } from '../domain/said.ts';
import { readChatAccounts } from '../people/chat-accounts.ts';
import { words } from '../texts/languages.ts';
import { keepGroupFailure, keepGroupSet, type KeptSchedule } from './kept-schedules.ts';

export interface Look {
  readonly nowMs: number;
  readonly signal: AbortSignal;
  /** Of active users, read at most once a look. */
  user(id: string): Promise<DirectoryUser | null>;
}

const setTimeoutMs = 20_000;
/** Whoever the chat does not know may have an account there by then. */
const unknownAgainMs = 60 * 60_000;

/**
 * Makes the schedule's user group equal to who is on call. The chat is asked only when the group, the person or their account has changed; set twice
 * it is the same group, so a process that dies between the call and the row does no harm. While nobody is on call, it is left as it is.
 */
export async function keepGroup(deps: SendDeps, schedule: KeptSchedule, duty: Duty, look: Look): Promise<void> {
  const { pool } = deps.database;
  const { user_group: group, group_retry_at: retryAt } = schedule;
  if (group === null) {
    // What was said of a group that is named no more.
    if (schedule.group_set !== null || schedule.group_problem !== null) await keepGroupSet(pool, schedule.id, null, null, null);
    return;
  }
  const user = duty.userId === null ? null : await look.user(duty.userId);
  if (user === null) return;
  const log = deps.log.child({ scheduleId: schedule.id });
  const failed = async (failure: Failure): Promise<void> => {
    const { reason, cure } = failure;
    log.warn({ reason: words(reason), cure: cure === null ? null : words(cure) }, 'a user group could not be set; it is tried again');
    await keepGroupFailure(pool, schedule, failure, look.nowMs);
  };
  const isDue = retryAt !== null && retryAt.getTime() <= look.nowMs;
  const opened = await openGroupProvider(deps, schedule);
  if (!opened.ok) return retryAt === null || isDue ? failed(opened) : undefined;
  const { connector, config, id: providerId } = opened.value;
  const accounts = await readChatAccounts(pool, providerId, [user.id]);
  const member: Member = { name: user.name, email: user.email, accountId: accounts.get(user.id) ?? null };
  const wanted = createHash('sha256')
    .update(JSON.stringify([providerId, group, user.id, member.email, member.accountId]))
    .digest('hex');
  // After a failure it waits, whatever else has changed by then.
  const isSet = schedule.group_set === wanted;
  if (isSet ? !isDue : retryAt !== null && !isDue && schedule.group_failures > 0) return;
  const call = createCall(connector, {
    config,
    door: deps.egress,
    actId: `group/${schedule.id}/${wanted.slice(0, 16)}`,
    signal: AbortSignal.any([look.signal, AbortSignal.timeout(setTimeoutMs)]),
  });
  const result = await attempt(call, log, async () => (await connector.groups?.set(call, group, [member])) ?? noGroups);
  if (!result.ok) return failed(result);
  if (result.value.length === 0) {
    log.info('a user group was set to who is on call');
    return keepGroupSet(pool, schedule.id, wanted, null, null);
  }
  const problem = {
    reason: said('cause.notInGroup', { who: result.value.map(({ name }) => name).join(', ') }),
    cure: said('cure.groupMember'),
  };
  log.warn({ reason: words(problem.reason), cure: words(problem.cure) }, 'whoever is on call is not in the user group');
  await keepGroupSet(pool, schedule.id, wanted, problem, look.nowMs + unknownAgainMs);
}

const noGroups = failedForGood(said('cause.noGroupProvider'), { cure: said('cure.groupProvider') });

/** The one that the schedule names, else the oldest that keeps user groups. */
async function openGroupProvider(deps: SendDeps, { user_group_provider_id: id }: KeptSchedule): Promise<Outcome<OpenedProvider>> {
  if (id !== null) return openProvider(deps, id);
  const types = deps.registry.all.filter(({ groups }) => groups !== undefined).map(typeOf);
  return (await openFirstProvider(deps, types)) ?? noGroups;
}
