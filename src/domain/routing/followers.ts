import type { Page, PlannedRecipient } from '../incident/paging.ts';
import type { IncidentState } from '../incident/state.ts';
import { said } from '../said.ts';
import type { IncidentEvent } from '../vocabulary.ts';
import type { Audience, DirectoryProvider, Moment } from './directory.ts';
import { providerRecipient, teamRecipient } from './targets.ts';
import { byMedium, isGrave, providersOf } from './ways.ts';

export interface EventAudience extends Audience {
  /** Messages that were sent about the incident before. */
  readonly told: readonly Page[];
  /** Which acknowledgement an event is about: by whom, where that is a person, and after which start of the escalation. Null where there is none. */
  readonly taken: { readonly userId: string | null; readonly epoch: number } | null;
}

export const takenOf = ({ acknowledged, epoch }: Pick<IncidentState, 'acknowledged' | 'epoch'>): EventAudience['taken'] =>
  acknowledged === null ? null : { userId: acknowledged.by.type === 'user' ? acknowledged.by.id : null, epoch };

/** Providers that the first level pages at their own place: they hear of the incident by that. */
export type PagedAnyway = ReadonlySet<string>;

/** Who hears of an event, beside those who are paged: followers, the owner team, the impact scopes, those who were paged or woken. */
export function followersOf(
  event: IncidentEvent,
  audience: EventAudience,
  moment: Moment,
  paged: PagedAnyway = new Set(),
): PlannedRecipient[] {
  const team = teamFollowers(event, audience, moment);
  return withoutRepeats([
    ...subscribers(event, moment),
    ...team,
    ...(event === 'incident.created' ? destinations(team, moment, paged) : []),
    ...scopeFollowers(event, audience, moment),
    ...(event === 'incident.acknowledged' ? toldOfTaking(audience, moment) : []),
    ...(event === 'incident.resolved' && isGrave(moment.severity) ? toldBefore(audience.told, moment) : []),
  ]);
}

/** Each address once. */
function withoutRepeats(recipients: readonly PlannedRecipient[]): PlannedRecipient[] {
  const seen = new Set<string>();
  return recipients.flatMap((recipient) => {
    const ways = recipient.ways.filter((way) => {
      const key = `${way.providerId} ${way.address ?? ''}`;
      return !seen.has(key) && seen.add(key);
    });
    return ways.length === 0 && recipient.off === undefined ? [] : [{ ...recipient, ways }];
  });
}

function subscribers(event: IncidentEvent, moment: Moment): PlannedRecipient[] {
  return [...moment.directory.providers.values()]
    .filter((provider) => provider.isActive && provider.events.includes(event))
    .map((provider) => ({
      ...providerRecipient(provider, null, 'event', said('reason.subscribed', { provider: provider.name }), moment),
      key: `follower:${provider.id}`,
    }));
}

/** Whatever has a place of its own hears of each new incident, but for a chat that has the team's channel: its own is for teams without one. */
function destinations(team: readonly PlannedRecipient[], moment: Moment, paged: PagedAnyway): PlannedRecipient[] {
  const hasChannel = new Set(team.flatMap(({ ways }) => ways.filter(({ address }) => address !== null).map((way) => way.providerId)));
  const isHeard = (provider: DirectoryProvider): boolean =>
    paged.has(provider.id) || (provider.medium === 'chat' && hasChannel.has(provider.id));
  const types = new Set([...moment.directory.providers.values()].map(({ type }) => type));
  return [...types].flatMap((ofType) =>
    providersOf(moment, ({ type, hasDestination }) => type === ofType && hasDestination)
      .filter((provider) => !isHeard(provider))
      .map((provider) => ({
        ...providerRecipient(provider, null, 'notice', said('reason.destination', { provider: provider.name }), moment),
        key: `destination:${provider.id}`,
      })),
  );
}

/** The owner team hears of the opening and the end by what it prefers, and of what is between only where nobody is woken by it. */
function teamFollowers(event: IncidentEvent, { team }: EventAudience, moment: Moment): PlannedRecipient[] {
  if (team === null || event === 'comment.added') return [];
  const { off, ...recipient } = teamRecipient(team, 'notice', said('reason.ownerTeam'), moment);
  const isEnd = event === 'incident.created' || event === 'incident.resolved';
  const ways = recipient.ways.filter((way) => way.atOnce && (isEnd || isQuiet(moment.directory.providers.get(way.providerId))));
  return [{ ...recipient, ways, ...(off !== undefined && event === 'incident.created' && { off }) }];
}

const isQuiet = (provider: DirectoryProvider | undefined): boolean => provider?.medium === 'chat' || provider?.medium === 'webhook';

/** By mail whatever the severity, and by phone where it is grave. */
function scopeFollowers(event: IncidentEvent, { impactScopes }: Pick<EventAudience, 'impactScopes'>, moment: Moment): PlannedRecipient[] {
  if (event !== 'incident.created' && event !== 'incident.resolved') return [];
  const tell = (medium: 'mail' | 'sms', address: string, name: string): PlannedRecipient[] =>
    providersOf(moment, byMedium(medium))
      .slice(0, 1)
      .map((provider) => providerRecipient(provider, address, 'notice', said('reason.scope', { name }), moment));
  const byPhone = event === 'incident.created' && isGrave(moment.severity);
  return impactScopes.flatMap(({ name, emails, phones }) => [
    ...emails.flatMap((email) => tell('mail', email, name)),
    ...(byPhone ? phones.flatMap((phone) => tell('sms', phone, name)) : []),
  ]);
}

/** Those of them that somebody added are told as they would have been at the opening. */
export const addedScopes = (ids: readonly string[], audience: Pick<EventAudience, 'impactScopes'>, moment: Moment): PlannedRecipient[] =>
  withoutRepeats(scopeFollowers('incident.created', { impactScopes: audience.impactScopes.filter(({ id }) => ids.includes(id)) }, moment));

/** Whoever was woken for something grave hears of the end the same way, but not by SMS. */
function toldBefore(told: readonly Page[], { directory }: Moment): PlannedRecipient[] {
  return told
    .filter(({ purpose, way }) => {
      const provider = directory.providers.get(way.providerId);
      return purpose === 'page' && provider?.isActive === true && provider.medium !== 'sms';
    })
    .map((page) => ({
      key: `told:${page.userId ?? page.name}:${page.way.providerId}:${page.way.address ?? ''}`,
      name: page.name,
      userId: page.userId,
      purpose: 'notice',
      reasons: [said('reason.pagedBefore')],
      ways: [{ ...page.way, atOnce: true }],
    }));
}

/**
 * Whoever was paged hears that somebody else has it, by the ways by which they were paged, unless they wish otherwise. By SMS only where nothing
 * else reached them.
 */
function toldOfTaking({ told, taken }: EventAudience, { directory }: Moment): PlannedRecipient[] {
  if (taken === null) return [];
  const pages = told.filter(({ purpose, plan, way }) => {
    const isOfNow = 'epoch' in plan && plan.epoch === taken.epoch;
    return purpose === 'page' && isOfNow && directory.providers.get(way.providerId)?.isActive === true;
  });
  const isSms = ({ way }: Page): boolean => directory.providers.get(way.providerId)?.medium === 'sms';
  return [...directory.users.values()]
    .filter(({ id, tellWhenTaken }) => tellWhenTaken && id !== taken.userId)
    .flatMap(({ id, name }) => {
      const theirs = pages.filter(({ userId }) => userId === id);
      const quiet = theirs.filter((page) => !isSms(page));
      const ways = (quiet.length > 0 ? quiet : theirs).map(({ way }) => ({ ...way, atOnce: true }));
      return ways.length === 0
        ? []
        : [{ key: `taken:${id}`, name, userId: id, purpose: 'notice', reasons: [said('reason.pagedBefore')], ways }];
    });
}
