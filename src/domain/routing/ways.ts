import type { ContactMethod } from '../contact-method.ts';
import { severitySaid } from '../incident/turn.ts';
import type { PagePurpose, PlannedRecipient, Way } from '../incident/paging.ts';
import { isWithin } from '../on-call.ts';
import { said, type Said } from '../said.ts';
import type { Severity } from '../vocabulary.ts';
import type { DirectoryProvider, DirectoryTeam, DirectoryUser, Medium, Moment } from './directory.ts';

/** A way that may be switched off. */
export interface PossibleWay {
  readonly provider: DirectoryProvider;
  readonly address: string | null;
  /** What people call the address, where it is none that they would know. */
  readonly place?: string;
  readonly atOnce: boolean;
  readonly reason: Said;
}

interface Addressee extends Pick<PlannedRecipient, 'key' | 'name' | 'userId' | 'reasons'> {
  readonly purpose: PagePurpose;
}

/** One to be told, by each way once. Ways of inactive providers are named and not taken; those that a provider is not meant for are none. */
export function recipientBy(who: Addressee, possible: readonly PossibleWay[], { severity }: Pick<Moment, 'severity'>): PlannedRecipient {
  const meant = withoutRepeats(possible).filter(({ provider }) => isMeantFor(provider, severity));
  const off = [...new Set(meant.flatMap(({ provider }) => (provider.isActive ? [] : [provider.name])))];
  return { ...who, ways: meant.filter(({ provider }) => provider.isActive).map(wayOf), ...(off.length > 0 && { off }) };
}

export const isMeantFor = ({ severities }: DirectoryProvider, severity: Severity): boolean =>
  severities.length === 0 || severities.includes(severity);

const wayOf = ({ provider, address, place, atOnce, reason }: PossibleWay): Way => ({
  providerId: provider.id,
  providerName: provider.name,
  providerType: provider.type,
  system: provider.title,
  address,
  ...(place !== undefined && { place }),
  atOnce,
  reason,
});

function withoutRepeats(ways: readonly PossibleWay[]): PossibleWay[] {
  const seen = new Set<string>();
  return ways.filter(({ provider, address }) => {
    const key = `${provider.id} ${address ?? ''}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Those that are active first: whatever is switched off is worth a word where nothing else is there. */
export const providersOf = (
  { directory, severity }: Moment,
  is: (provider: DirectoryProvider) => boolean,
): readonly DirectoryProvider[] => {
  const fitting = [...directory.providers.values()].filter((provider) => is(provider) && isMeantFor(provider, severity));
  const active = fitting.filter(({ isActive }) => isActive);
  return active.length > 0 ? active : fitting;
};

export const byMedium =
  (medium: Medium) =>
  (provider: DirectoryProvider): boolean =>
    provider.medium === medium;

/** Their own choice first, then the addresses of the account: for those without a choice, and as the last way for everybody. */
export function waysToUser(user: DirectoryUser, moment: Moment): PossibleWay[] {
  return user.isActive ? [...chosenWays(user, user.timeZone, moment), ...deviceWays(user, moment), ...accountWays(user, moment)] : [];
}

/** The team's channel, then what it prefers. */
export const waysToTeam = (team: DirectoryTeam, moment: Moment): PossibleWay[] => [
  ...channelWays(team, moment),
  ...chosenWays({ contactMethods: team.contactMethods, devices: [] }, 'UTC', moment),
];

/** The channel lives in one workspace: others are asked for it only where the first does not know it. */
function channelWays({ slackChannelId, contactMethods }: DirectoryTeam, moment: Moment): PossibleWay[] {
  if (slackChannelId === null) return [];
  const isChosen = (provider: DirectoryProvider): boolean =>
    contactMethods.some((method) => method.provider_id === provider.id && method.address === slackChannelId);
  return providersOf(moment, ({ type }) => type === 'SLACK')
    .filter((provider) => !isChosen(provider))
    .map((provider, index) => ({ provider, address: slackChannelId, atOnce: index === 0, reason: said('reason.teamChannel') }));
}

type Chooser = Pick<DirectoryUser, 'contactMethods' | 'devices'>;

function chosenWays({ contactMethods, devices }: Chooser, timeZone: string, { severity, atMs, directory }: Moment): PossibleWay[] {
  return contactMethods.flatMap((method, index): PossibleWay[] => {
    const provider = directory.providers.get(method.provider_id);
    if (provider === undefined) return [];
    const forAll = method.severities.length === 0;
    const isTheirHour = method.hours == null || isWithin([method.hours], atMs, method.hours.time_zone ?? timeZone);
    const atOnce = (forAll || method.severities.includes(severity)) && isTheirHour;
    const reason = said(atOnce ? 'reason.preference' : isTheirHour ? 'reason.laterPreference' : 'reason.otherHours', {
      number: index + 1,
      provider: provider.name,
      severities: forAll ? said('reason.everySeverity') : method.severities.map(severitySaid),
    });
    return placesOf(method, provider, devices).map((to) => ({ provider, ...to, atOnce, reason }));
  });
}

/** Without an address, push goes to each of the person's devices. */
function placesOf(
  { address }: ContactMethod,
  { id, toDevices }: DirectoryProvider,
  devices: Chooser['devices'],
): readonly Pick<PossibleWay, 'address' | 'place'>[] {
  if (!toDevices) return [{ address }];
  return devices
    .filter((device) => device.providerId === id && (address === null || device.id === address))
    .map((device) => ({ address: device.id, place: device.name }));
}

/** Whoever adds a device wants it to ring, beside whatever else they chose, unless they chose when it does. */
function deviceWays({ devices, contactMethods }: DirectoryUser, { directory }: Moment): PossibleWay[] {
  return devices.flatMap(({ id, providerId, name }) => {
    const provider = directory.providers.get(providerId);
    if (provider === undefined) return [];
    const isChosen = contactMethods.some((method) => method.provider_id === providerId);
    const reason = said('reason.device', { name, why: said(isChosen ? 'reason.lastWay' : 'reason.addedDevice') });
    return [{ provider, address: id, place: name, atOnce: !isChosen, reason }];
  });
}

export const isGrave = (severity: Severity): boolean => severity === 'SEV1_CRITICAL' || severity === 'SEV2_HIGH';

/** SEV1 and SEV2 ring the phone too. */
function accountWays(user: DirectoryUser, moment: Moment): PossibleWay[] {
  const hasChosen = user.contactMethods.some(({ provider_id: id }) => moment.directory.providers.get(id)?.isActive === true);
  const why = said(hasChosen ? 'reason.lastWay' : 'reason.noPreference');
  const ways = (
    medium: Medium,
    address: string | null,
    atOnce: boolean,
    what: 'reason.phone' | 'reason.mail' | 'reason.chat',
  ): PossibleWay[] => {
    if (address === null || address === '') return [];
    const [provider] = providersOf(moment, medium === 'chat' ? ({ type }) => type === 'SLACK' : byMedium(medium));
    return provider === undefined ? [] : [{ provider, address, atOnce: atOnce && !hasChosen, reason: said(what, { why }) }];
  };
  return [
    ...ways('sms', user.phone, isGrave(moment.severity), 'reason.phone'),
    ...ways('chat', user.email, true, 'reason.chat'),
    ...ways('mail', user.email, true, 'reason.mail'),
  ];
}
