import type { PageTarget } from '../escalation-policy.ts';
import type { PagePurpose, PlannedRecipient } from '../incident/paging.ts';
import { onCallAt, type OnCallSchedule } from '../on-call.ts';
import { said, type Said } from '../said.ts';
import type { Directory, DirectoryProvider, DirectoryTeam, DirectoryUser, Moment } from './directory.ts';
import { recipientBy, waysToTeam, waysToUser } from './ways.ts';

/** Whom the targets of a level are at this instant, each once: the first of two mentions that leads anywhere. */
export function recipientsOf(targets: readonly PageTarget[], owner: DirectoryTeam | null, moment: Moment): PlannedRecipient[] {
  const recipients = new Map<string, PlannedRecipient>();
  for (const recipient of targets.flatMap((target) => recipientsOfTarget(target, owner, moment))) {
    const known = recipients.get(recipient.key);
    if (known === undefined || known.ways.length === 0) recipients.set(recipient.key, recipient);
  }
  return [...recipients.values()];
}

/** When not even the fallback reaches anybody: every administrator. */
export const lastResort = (moment: Moment): PlannedRecipient[] =>
  administrators(said('reason.lastResort'), moment).filter(({ ways }) => ways.length > 0);

const administrators = (reason: Said, moment: Moment): PlannedRecipient[] =>
  [...moment.directory.users.values()].filter((user) => user.isStaff).map((user) => userRecipient(user, [reason], moment));

function recipientsOfTarget(target: PageTarget, owner: DirectoryTeam | null, moment: Moment): PlannedRecipient[] {
  const { directory } = moment;
  switch (target.type) {
    case 'user':
      return usersBy([target.id], moment, ({ name }) => [said('reason.target.user', { name })]);
    case 'schedule': {
      const schedule = directory.schedules.get(target.id);
      if (schedule === undefined) return [];
      const reason = said('reason.target.schedule', { name: schedule.name });
      return usersBy(whoIsOnCall(schedule, moment), moment, ({ name }) => [reason, said('reason.onCall', { who: name })]);
    }
    case 'team': {
      const team = directory.teams.get(target.id);
      return team === undefined ? [] : wholeTeam(team, said('reason.target.team', { name: team.name }), moment);
    }
    case 'provider': {
      const provider = directory.providers.get(target.id);
      if (provider === undefined) return [];
      const reason = said('reason.target.provider', { name: provider.name });
      return [providerRecipient(provider, target.address ?? null, 'page', reason, moment)];
    }
    case 'owner_on_call': {
      if (owner === null) return [];
      const reason = said('reason.target.owner_on_call', { name: owner.name });
      return usersBy(onCallOf(owner, moment), moment, ({ name }) => [reason, said('reason.onCall', { who: name })]);
    }
    case 'owner_team':
      return owner === null ? [] : wholeTeam(owner, said('reason.target.owner_team', { name: owner.name }), moment);
    case 'admins':
      return administrators(said('reason.target.admins', { name: 'Admins' }), moment);
  }
}

/** Whom the team names, else whom its schedules say. */
export function onCallOf(team: DirectoryTeam, { atMs, directory }: Pick<Moment, 'atMs' | 'directory'>): readonly string[] {
  if (team.currentOnCall !== null && directory.users.get(team.currentOnCall)?.isActive === true) return [team.currentOnCall];
  const schedules = [...directory.schedules.values()].filter(({ teamId }) => teamId === team.id);
  return [...new Set(schedules.flatMap((schedule) => whoIsOnCall(schedule, { atMs, directory })))];
}

const usersBy = (ids: readonly string[], moment: Moment, reasonsFor: (user: DirectoryUser) => readonly Said[]): PlannedRecipient[] =>
  ids.flatMap((id) => {
    const user = moment.directory.users.get(id);
    return user === undefined ? [] : [userRecipient(user, reasonsFor(user), moment)];
  });

const wholeTeam = (team: DirectoryTeam, reason: Said, moment: Moment): PlannedRecipient[] => [
  teamRecipient(team, 'page', reason, moment),
  ...usersBy(team.memberIds, moment, ({ name }) => [reason, said('reason.member', { who: name })]),
];

/** A schedule that cannot be computed has nobody: the ladder goes on to the next level at once. */
function whoIsOnCall(schedule: OnCallSchedule, { atMs, directory: { users } }: { atMs: number; directory: Directory }): string[] {
  try {
    return onCallAt(schedule, atMs, (userId) => users.get(userId)?.isActive === true);
  } catch (error) {
    // Whatever is wrong with one schedule must not keep the others from being paged.
    if (error instanceof Error) return [];
    throw error;
  }
}

const userRecipient = (user: DirectoryUser, reasons: readonly Said[], moment: Moment): PlannedRecipient =>
  recipientBy({ key: `user:${user.id}`, name: user.name, userId: user.id, purpose: 'page', reasons }, waysToUser(user, moment), moment);

export const teamRecipient = (team: DirectoryTeam, purpose: PagePurpose, reason: Said, moment: Moment): PlannedRecipient =>
  recipientBy({ key: `team:${team.id}`, name: team.name, userId: null, purpose, reasons: [reason] }, waysToTeam(team, moment), moment);

export function providerRecipient(
  provider: DirectoryProvider,
  address: string | null,
  purpose: PagePurpose,
  reason: Said,
  moment: Moment,
): PlannedRecipient {
  const who = { key: `provider:${provider.id}:${address ?? ''}`, name: address ?? provider.name, userId: null, purpose, reasons: [reason] };
  return recipientBy(who, [{ provider, address, atOnce: true, reason: said('reason.named') }], moment);
}
