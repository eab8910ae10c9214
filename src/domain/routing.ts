import type { ContactMethod } from './contact-method.ts';
import type { PageTarget } from './escalation-policy.ts';
import type { Page, PagePurpose, Plan, PlannedRecipient, Way } from './incident/paging.ts';
import type { IncidentState } from './incident/state.ts';
import { severitySaid } from './incident/turn.ts';
import { onCallAt, type OnCallSchedule } from './on-call.ts';
import { said, type Said } from './said.ts';
import type { IncidentEvent, Severity } from './vocabulary.ts';

/** What is configured about people and ways, as far as one plan needs it. */
export interface Directory {
  readonly users: ReadonlyMap<string, DirectoryUser>;
  readonly teams: ReadonlyMap<string, DirectoryTeam>;
  readonly schedules: ReadonlyMap<string, OnCallSchedule & { readonly name: string }>;
  /** Only the active ones. */
  readonly providers: ReadonlyMap<string, DirectoryProvider>;
}

export interface DirectoryUser {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly contactMethods: readonly ContactMethod[];
}

export interface DirectoryTeam {
  readonly id: string;
  readonly name: string;
  readonly memberIds: readonly string[];
  readonly contactMethods: readonly ContactMethod[];
}

export type Medium = 'chat' | 'mail' | 'sms' | 'push' | 'webhook';

export interface DirectoryProvider {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly medium: Medium;
  /** Events that the provider itself asks for. */
  readonly events: readonly IncidentEvent[];
}

/** Whom a plan goes to at this instant. */
export function whomToTell(
  plan: Plan,
  { severity, policy }: Pick<IncidentState, 'severity' | 'policy'>,
  atMs: number,
  directory: Directory,
  audience: EventAudience,
): PlannedRecipient[] {
  switch (plan.for) {
    case 'level':
      return recipientsOf(policy.document.levels[plan.level]?.targets ?? [], severity, atMs, directory);
    case 'fallback':
      return recipientsOf(policy.document.fallback, severity, atMs, directory);
    case 'last_resort':
      return lastResort(severity, directory);
    case 'assignee':
    case 'holder':
      return recipientsOf([{ type: 'user', id: plan.userId }], severity, atMs, directory);
    case 'event':
      return followersOf(plan.event, severity, audience, directory);
  }
}

/** Whom the targets of a level are at this instant, each once, with the ways to them in order. */
export function recipientsOf(targets: readonly PageTarget[], severity: Severity, atMs: number, directory: Directory): PlannedRecipient[] {
  return everybodyOf(targets, severity, atMs, directory).filter(({ ways }) => ways.length > 0);
}

function everybodyOf(targets: readonly PageTarget[], severity: Severity, atMs: number, directory: Directory): PlannedRecipient[] {
  const recipients = new Map<string, PlannedRecipient>();
  for (const recipient of targets.flatMap((target) => recipientsOfTarget(target, severity, atMs, directory))) {
    const known = recipients.get(recipient.key);
    if (known === undefined || known.ways.length === 0) recipients.set(recipient.key, recipient);
  }
  return [...recipients.values()];
}

/** People whom a step of the escalation is for, and whom nothing leads to: so that it is said. */
export function missedBy(
  plan: Plan,
  { severity, policy }: Pick<IncidentState, 'severity' | 'policy'>,
  atMs: number,
  directory: Directory,
): PlannedRecipient[] {
  if (plan.for !== 'level' && plan.for !== 'fallback') return [];
  const targets = plan.for === 'level' ? (policy.document.levels[plan.level]?.targets ?? []) : policy.document.fallback;
  return everybodyOf(targets, severity, atMs, directory).filter(({ userId, ways }) => userId !== null && ways.length === 0);
}

/** When not even the fallback reaches anybody: every administrator. */
export function lastResort(severity: Severity, directory: Directory): PlannedRecipient[] {
  return [...directory.users.values()]
    .filter((user) => user.isStaff)
    .map((user) => userRecipient(user, [said('reason.lastResort')], severity, directory))
    .filter((recipient) => recipient.ways.length > 0);
}

function recipientsOfTarget(target: PageTarget, severity: Severity, atMs: number, directory: Directory): PlannedRecipient[] {
  switch (target.type) {
    case 'user': {
      const user = directory.users.get(target.id);
      return user === undefined ? [] : [userRecipient(user, [said('reason.target.user', { name: user.name })], severity, directory)];
    }
    case 'schedule': {
      const schedule = directory.schedules.get(target.id);
      if (schedule === undefined) return [];
      const reason = said('reason.target.schedule', { name: schedule.name });
      return whoIsOnCall(schedule, atMs, directory).flatMap((userId) => {
        const user = directory.users.get(userId);
        return user === undefined ? [] : [userRecipient(user, [reason, said('reason.onCall', { who: user.name })], severity, directory)];
      });
    }
    case 'team': {
      const team = directory.teams.get(target.id);
      if (team === undefined) return [];
      const reason = said('reason.target.team', { name: team.name });
      const members = team.memberIds.flatMap((userId) => {
        const user = directory.users.get(userId);
        return user === undefined ? [] : [userRecipient(user, [reason, said('reason.member', { who: user.name })], severity, directory)];
      });
      return [teamRecipient(team, 'page', reason, severity, directory), ...members];
    }
    case 'provider': {
      const provider = directory.providers.get(target.id);
      if (provider === undefined) return [];
      const address = target.address ?? null;
      return [providerRecipient(provider, address, 'page', said('reason.target.provider', { name: provider.name }))];
    }
  }
}

/** A schedule that cannot be computed has nobody: the ladder goes on to the next level at once. */
function whoIsOnCall(schedule: OnCallSchedule, atMs: number, { users }: Directory): string[] {
  try {
    return onCallAt(schedule, atMs, (userId) => users.get(userId)?.isActive === true);
  } catch (error) {
    // Whatever is wrong with one schedule must not keep the others from being paged.
    if (error instanceof Error) return [];
    throw error;
  }
}

function userRecipient(user: DirectoryUser, reasons: readonly Said[], severity: Severity, directory: Directory): PlannedRecipient {
  const ways = user.isActive ? [...preferredWays(user.contactMethods, severity, directory), ...accountWays(user, severity, directory)] : [];
  return { key: `user:${user.id}`, name: user.name, userId: user.id, purpose: 'page', reasons, ways: withoutRepeats(ways) };
}

function teamRecipient(
  team: DirectoryTeam,
  purpose: PagePurpose,
  reason: Said,
  severity: Severity,
  directory: Directory,
): PlannedRecipient {
  const ways = preferredWays(team.contactMethods, severity, directory);
  return { key: `team:${team.id}`, name: team.name, userId: null, purpose, reasons: [reason], ways };
}

function providerRecipient(provider: DirectoryProvider, address: string | null, purpose: PagePurpose, reason: Said): PlannedRecipient {
  const way: Way = {
    providerId: provider.id,
    providerName: provider.name,
    providerType: provider.type,
    address,
    atOnce: true,
    reason: said('reason.named'),
  };
  return {
    key: `provider:${provider.id}:${address ?? ''}`,
    name: address ?? provider.name,
    userId: null,
    purpose,
    reasons: [reason],
    ways: [way],
  };
}

function preferredWays(methods: readonly ContactMethod[], severity: Severity, directory: Directory): Way[] {
  return methods.flatMap((method, index) => {
    const provider = directory.providers.get(method.provider_id);
    if (provider === undefined) return [];
    const forAll = method.severities.length === 0;
    const atOnce = forAll || method.severities.includes(severity);
    const reason = said(atOnce ? 'reason.preference' : 'reason.laterPreference', {
      number: index + 1,
      provider: provider.name,
      severities: forAll ? said('reason.everySeverity') : method.severities.map(severitySaid),
    });
    return [{ providerId: provider.id, providerName: provider.name, providerType: provider.type, address: method.address, atOnce, reason }];
  });
}

/** The addresses of the account: for those without preferences, and as the last way for everybody. SEV1 wakes by SMS too. */
function accountWays(user: DirectoryUser, severity: Severity, directory: Directory): Way[] {
  const hasPreferences = user.contactMethods.some((method) => directory.providers.has(method.provider_id));
  const why = said(hasPreferences ? 'reason.lastWay' : 'reason.noPreference');
  const of = (medium: Medium): DirectoryProvider | undefined =>
    [...directory.providers.values()].find((provider) => provider.medium === medium);
  const way = (
    provider: DirectoryProvider | undefined,
    address: string | null,
    atOnce: boolean,
    what: 'reason.phone' | 'reason.mail',
  ): Way[] =>
    provider === undefined || address === null || address === ''
      ? []
      : [
          {
            providerId: provider.id,
            providerName: provider.name,
            providerType: provider.type,
            address,
            atOnce,
            reason: said(what, { why }),
          },
        ];
  const isCritical = severity === 'SEV1_CRITICAL';
  return [
    ...way(of('sms'), user.phone, !hasPreferences && isCritical, 'reason.phone'),
    ...way(of('mail'), user.email, !hasPreferences, 'reason.mail'),
  ];
}

function withoutRepeats(ways: readonly Way[]): Way[] {
  const seen = new Set<string>();
  return ways.filter((way) => {
    const key = `${way.providerId} ${way.address ?? ''}`;
    return !seen.has(key) && seen.add(key);
  });
}

export interface EventAudience {
  readonly team: DirectoryTeam | null;
  readonly impactScopes: readonly { readonly name: string; readonly emails: readonly string[] }[];
  /** Messages that were sent about the incident before. */
  readonly told: readonly Page[];
}

/** Who hears of an event, beside those who are paged: followers, the owner team, the impact scopes, those who were woken. */
export function followersOf(event: IncidentEvent, severity: Severity, audience: EventAudience, directory: Directory): PlannedRecipient[] {
  const recipients = [
    ...subscribers(event, directory),
    ...teamFollowers(event, severity, audience, directory),
    ...scopeFollowers(event, audience, directory),
    ...(event === 'incident.resolved' && isGrave(severity) ? toldBefore(audience.told, directory) : []),
  ];
  const seen = new Set<string>();
  return recipients.flatMap((recipient) => {
    const ways = recipient.ways.filter((way) => {
      const key = `${way.providerId} ${way.address ?? ''}`;
      return !seen.has(key) && seen.add(key);
    });
    return ways.length === 0 ? [] : [{ ...recipient, ways }];
  });
}

function subscribers(event: IncidentEvent, directory: Directory): PlannedRecipient[] {
  return [...directory.providers.values()]
    .filter((provider) => provider.events.includes(event))
    .map((provider) => ({
      ...providerRecipient(provider, null, 'event', said('reason.subscribed', { provider: provider.name })),
      key: `follower:${provider.id}`,
    }));
}

/** The owner team hears of the opening and the end by what it prefers, and of what is between only where nobody is woken by it. */
function teamFollowers(event: IncidentEvent, severity: Severity, { team }: EventAudience, directory: Directory): PlannedRecipient[] {
  if (team === null || event === 'comment.added') return [];
  const recipient = teamRecipient(team, 'notice', said('reason.ownerTeam'), severity, directory);
  const isEnd = event === 'incident.created' || event === 'incident.resolved';
  const ways = recipient.ways.filter((way) => way.atOnce && (isEnd || isQuiet(directory.providers.get(way.providerId)?.medium)));
  return [{ ...recipient, ways }];
}

const isQuiet = (medium: Medium | undefined): boolean => medium === 'chat' || medium === 'webhook';

function scopeFollowers(event: IncidentEvent, { impactScopes }: EventAudience, directory: Directory): PlannedRecipient[] {
  const mail = [...directory.providers.values()].find((provider) => provider.medium === 'mail');
  if (mail === undefined || (event !== 'incident.created' && event !== 'incident.resolved')) return [];
  return impactScopes.flatMap((scope) =>
    scope.emails.map((email) => providerRecipient(mail, email, 'notice', said('reason.scope', { name: scope.name }))),
  );
}

const isGrave = (severity: Severity): boolean => severity === 'SEV1_CRITICAL' || severity === 'SEV2_HIGH';

/** Whoever was woken for something grave hears of the end the same way, but not by SMS. */
function toldBefore(told: readonly Page[], directory: Directory): PlannedRecipient[] {
  return told
    .filter(
      (page) =>
        page.purpose === 'page' &&
        directory.providers.has(page.way.providerId) &&
        directory.providers.get(page.way.providerId)?.medium !== 'sms',
    )
    .map((page) => ({
      key: `told:${page.userId ?? page.name}:${page.way.providerId}:${page.way.address ?? ''}`,
      name: page.name,
      userId: page.userId,
      purpose: 'notice',
      reasons: [said('reason.pagedBefore')],
      ways: [{ ...page.way, atOnce: true }],
    }));
}
