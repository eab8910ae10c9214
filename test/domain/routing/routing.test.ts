import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../../src/domain/escalation-policy.ts';
import type { Page, Plan, PlannedRecipient } from '../../../src/domain/incident/paging.ts';
import type { Audience, Directory, DirectoryProvider } from '../../../src/domain/routing/directory.ts';
import { missedBy, whomToTell } from '../../../src/domain/routing/whom-to-tell.ts';
import { said } from '../../../src/domain/said.ts';
import { severities, type Severity } from '../../../src/domain/vocabulary.ts';
import { aDirectory, aPerson, aProvider, aTeam } from './people.ts';

const mondayNoonMs = Date.UTC(2026, 0, 5, 12);
const document: PolicyDocument = {
  levels: [
    { targets: [{ type: 'owner_on_call' }], delay_seconds: 300 },
    { targets: [{ type: 'owner_team' }], delay_seconds: 600 },
  ],
  repeat: 0,
  fallback: [{ type: 'admins' }],
  acknowledged_timeout_seconds: 0,
};
const opened: Plan = { for: 'event', key: 'created', event: 'incident.created', commentSequence: null, atMs: mondayNoonMs };
const level = (index: number): Plan => ({ for: 'level', epoch: 1, round: 0, level: index });

const slack = aProvider('Slack', 'SLACK', 'chat');
const sms = aProvider('SMS', 'OVH_SMS', 'sms');
const mail = aProvider('Mail', 'SMTP', 'mail');
const hook = aProvider('Hook', 'WEBHOOK', 'webhook', { hasDestination: true });
const off = (provider: DirectoryProvider): DirectoryProvider => ({ ...provider, isActive: false });

const ann = aPerson('ann', { phone: '+33600000001' });
const bob = aPerson('bob');
const sre = aTeam('SRE Core', { slackChannelId: 'C0123456789', currentOnCall: 'ann', memberIds: ['ann', 'bob'] });
const security = { id: 'security', name: 'Security', emails: ['ciso@example.com'], phones: ['+33600000009'] };

/** `ann: Slack!ann@example.com SMS+33600000001`: `!` for at once, `~` for a later way, `off` for what is switched off. */
const shown = ({ name, ways, off: inactive = [] }: PlannedRecipient): string =>
  `${name}: ${[...ways.map((way) => `${way.providerName}${way.atOnce ? '!' : '~'}${way.address ?? ''}`), ...inactive.map((provider) => `off ${provider}`)].join(' ')}`;

function told(
  plan: Plan,
  {
    providers,
    severity = 'SEV2_HIGH',
    audience = { team: sre, impactScopes: [] },
    users = [ann, bob],
    atMs = mondayNoonMs,
  }: {
    readonly providers: readonly DirectoryProvider[];
    readonly severity?: Severity;
    readonly audience?: Audience;
    readonly users?: Parameters<typeof aDirectory>[0]['users'];
    readonly atMs?: number;
  },
): string[] {
  const directory: Directory = aDirectory({ users: users ?? [], teams: [sre], providers });
  const incident = { severity, policy: { id: 'p', name: 'Default', version: 1, document } };
  return whomToTell(plan, incident, atMs, directory, { ...audience, told: [], taken: null }).map(shown);
}

describe('the smallest set-up is enough', () => {
  it.each([
    ['a chat', [slack], ['SRE Core: Slack!C0123456789'], ['ann: Slack!ann@example.com']],
    ['mail', [mail], [], ['ann: Mail!ann@example.com']],
    ['a webhook', [hook], ['Hook: Hook!'], []],
    ['a topic', [aProvider('Ntfy', 'NTFY', 'push', { hasDestination: true })], ['Ntfy: Ntfy!'], []],
    ['SMS', [sms], [], ['ann: SMS!+33600000001']],
  ])('%s alone tells who has to know', (_, providers, atOpening, onCall) => {
    expect(told(opened, { providers })).toEqual(atOpening);
    expect(told(level(0), { providers })).toEqual(onCall);
  });

  it('a chat’s own channel is for teams without one', () => {
    const withDefault = { ...slack, hasDestination: true };
    expect(told(opened, { providers: [withDefault] })).toEqual(['SRE Core: Slack!C0123456789']);
    const audience = { team: { ...sre, slackChannelId: null }, impactScopes: [] };
    expect(told(opened, { providers: [withDefault], audience })).toEqual(['Slack: Slack!']);
  });

  it('whatever has a place of its own hears of a new incident once, though it asks for events too', () => {
    const asks = { ...hook, events: ['incident.created' as const] };
    expect(told(opened, { providers: [asks] })).toEqual(['Hook: Hook!']);
  });

  it('several providers of a type each tell their own place; the channel of the team is looked for in one after the other', () => {
    const second = aProvider('Slack 2', 'SLACK', 'chat');
    const secondHook = { ...hook, id: 'Hook 2', name: 'Hook 2' };
    expect(told(opened, { providers: [slack, second, hook, secondHook] })).toEqual([
      'SRE Core: Slack!C0123456789',
      'Hook: Hook!',
      'Hook 2: Hook 2!',
    ]);
  });
});

describe('severity', () => {
  const everything = [slack, sms, mail, hook];
  it.each(severities.map((severity) => [severity] as const))('%s', (severity) => {
    const isGrave = severity === 'SEV1_CRITICAL' || severity === 'SEV2_HIGH';
    expect(told(level(0), { providers: everything, severity })).toEqual([
      `ann: SMS${isGrave ? '!' : '~'}+33600000001 Slack!ann@example.com Mail!ann@example.com`,
    ]);
    const scopes = { team: sre, impactScopes: [security] };
    expect(told(opened, { providers: everything, severity, audience: scopes })).toEqual([
      'SRE Core: Slack!C0123456789',
      'Hook: Hook!',
      'ciso@example.com: Mail!ciso@example.com',
      ...(isGrave ? ['+33600000009: SMS!+33600000009'] : []),
    ]);
  });

  it('a provider for some severities is none for others', () => {
    const grave = { ...sms, severities: ['SEV1_CRITICAL' as const] };
    expect(told(level(0), { providers: [grave, mail], severity: 'SEV2_HIGH' })).toEqual(['ann: Mail!ann@example.com']);
    expect(told(level(0), { providers: [grave, mail], severity: 'SEV1_CRITICAL' })).toEqual(['ann: SMS!+33600000001 Mail!ann@example.com']);
  });
});

describe('preferences', () => {
  const method = (provider: string, more: object = {}) => ({ provider_id: provider, address: null, severities: [], ...more });
  const workingHours = { days: [1, 2, 3, 4, 5], start: '09:00', end: '18:00' };

  it('come before the addresses of the account, which are left as the last way', () => {
    const users = [{ ...ann, contactMethods: [method('Mail', { address: 'pager@example.com' })] }];
    expect(told(level(0), { providers: [mail, sms], users })).toEqual([
      'ann: Mail!pager@example.com SMS~+33600000001 Mail~ann@example.com',
    ]);
  });

  it('hold at their hours, on the clock of the person', () => {
    const users = [{ ...ann, timeZone: 'America/New_York', contactMethods: [method('Slack', { address: 'U1', hours: workingHours })] }];
    // 12:00 UTC is 07:00 in New York.
    expect(told(level(0), { providers: [slack], users })).toEqual(['ann: Slack~U1 Slack~ann@example.com']);
    expect(told(level(0), { providers: [slack], users, atMs: Date.UTC(2026, 0, 5, 15) })).toEqual(['ann: Slack!U1 Slack~ann@example.com']);
    expect(told(level(0), { providers: [slack], users, atMs: Date.UTC(2026, 0, 4, 15) })).toEqual(['ann: Slack~U1 Slack~ann@example.com']);
  });
});

describe('devices', () => {
  const push = aProvider('Push', 'WEB_PUSH', 'push', { toDevices: true });
  const devices = [
    { id: 'd1', providerId: 'Push', name: 'Pixel' },
    { id: 'd2', providerId: 'Push', name: 'Laptop' },
  ];
  const at = (contactMethods: typeof ann.contactMethods, severity: Severity = 'SEV4_LOW') =>
    told(level(0), { providers: [push, mail], users: [{ ...ann, devices, contactMethods }], severity });

  it('ring at once, all of them, beside what their owner chose otherwise', () => {
    expect(at([])).toEqual(['ann: Push!d1 Push!d2 Mail!ann@example.com']);
    expect(at([{ provider_id: 'Mail', address: 'x@example.com', severities: [] }])).toEqual([
      'ann: Mail!x@example.com Push!d1 Push!d2 Mail~ann@example.com',
    ]);
  });

  it('ring as their owner chose, where they chose: all or one of them, and last', () => {
    const grave = ['SEV1_CRITICAL'] as const;
    expect(at([{ provider_id: 'Push', address: null, severities: grave }], 'SEV1_CRITICAL')).toEqual([
      'ann: Push!d1 Push!d2 Mail~ann@example.com',
    ]);
    expect(at([{ provider_id: 'Push', address: 'd2', severities: [] }])).toEqual(['ann: Push!d2 Push~d1 Mail~ann@example.com']);
    expect(at([{ provider_id: 'Push', address: null, severities: grave }])).toEqual(['ann: Push~d1 Push~d2 Mail~ann@example.com']);
  });

  it('that are no longer there are no way, and neither is somebody else’s', () => {
    expect(at([{ provider_id: 'Push', address: 'd9', severities: [] }])).toEqual(['ann: Push~d1 Push~d2 Mail~ann@example.com']);
    expect(told(level(0), { providers: [mail], users: [{ ...ann, devices }] })).toEqual(['ann: Mail!ann@example.com']);
  });

  it('are called by their names', () => {
    const directory = aDirectory({ users: [{ ...ann, devices }], teams: [sre], providers: [push] });
    const incident = { severity: 'SEV1_CRITICAL', policy: { id: 'p', name: 'Default', version: 1, document } } as const;
    const [recipient] = whomToTell(level(0), incident, mondayNoonMs, directory, { team: sre, impactScopes: [], told: [], taken: null });
    expect(recipient?.ways.map(({ place }) => place)).toEqual(['Pixel', 'Laptop']);
  });
});

describe('what is switched off', () => {
  it('is named, and not taken', () => {
    expect(told(opened, { providers: [off(slack)] })).toEqual(['SRE Core: off Slack']);
    expect(told(level(0), { providers: [off(slack), mail] })).toEqual(['ann: Mail!ann@example.com off Slack']);
    expect(told(level(0), { providers: [off(mail)] })).toEqual(['ann: off Mail']);
    expect(told(opened, { providers: [off(hook)] })).toEqual(['Hook: off Hook']);
  });

  it('is not worth a word where another of its kind is active', () => {
    const old = off({ ...hook, id: 'Old hook', name: 'Old hook' });
    expect(told(opened, { providers: [old, hook] })).toEqual(['Hook: Hook!']);
    expect(told(level(0), { providers: [off(slack), aProvider('Slack 2', 'SLACK', 'chat')] })).toEqual(['ann: Slack 2!ann@example.com']);
  });
});

describe('the owner team', () => {
  it('on call is whom the team names, else whom its schedules say', () => {
    const layers = [
      { name: 'Weekly', users: ['bob'], rotation: { type: 'weekly' as const, length: 1, handoff_time: '09:00', start: '2026-01-05' } },
    ];
    const schedules = [{ id: 's', name: 'SRE', teamId: sre.id, time_zone: 'UTC', layers, overrides: [] }];
    const incident = { severity: 'SEV2_HIGH' as const, policy: { id: 'p', name: 'Default', version: 1, document } };
    const whom = (currentOnCall: string | null, users = [ann, bob]) => {
      const directory = aDirectory({ users, schedules, providers: [mail] });
      const audience = { team: { ...sre, currentOnCall }, impactScopes: [], told: [], taken: null };
      return whomToTell(level(0), incident, mondayNoonMs, directory, audience).map(({ name }) => name);
    };
    expect(whom('ann')).toEqual(['ann']);
    expect(whom(null)).toEqual(['bob']);
    expect(whom('ann', [bob])).toEqual(['bob']);
  });

  it('is the next level, with its channel and everybody on it; the administrators come last', () => {
    expect(told(level(1), { providers: [slack] })).toEqual([
      'SRE Core: Slack!C0123456789',
      'ann: Slack!ann@example.com',
      'bob: Slack!bob@example.com',
    ]);
    const users = [ann, aPerson('root', { isStaff: true })];
    expect(told({ for: 'fallback', epoch: 1 }, { providers: [mail], users })).toEqual(['root: Mail!root@example.com']);
  });

  it('people whom nothing at all leads to are missed', () => {
    const nowhere = aPerson('ann', { email: null });
    const directory = aDirectory({ users: [nowhere], providers: [mail] });
    const incident = { severity: 'SEV2_HIGH' as const, policy: { id: 'p', name: 'Default', version: 1, document } };
    expect(missedBy(level(0), incident, mondayNoonMs, directory, { team: sre }).map(({ name }) => name)).toEqual(['ann']);
  });
});

describe('those who were paged', () => {
  const carl = aPerson('carl', { tellWhenTaken: false });
  const pageOf = (userId: string | null, provider: DirectoryProvider, epoch = 2): Page => ({
    id: `${userId}.${provider.id}.${epoch}`,
    recipientId: 'r',
    purpose: 'page',
    plan: { for: 'level', epoch, round: 0, level: 0 },
    name: userId ?? 'Team',
    userId,
    way: {
      providerId: provider.id,
      providerName: provider.name,
      providerType: provider.type,
      address: `${userId}`,
      atOnce: false,
      reason: said('reason.named'),
    },
    reasons: [],
    outcome: 'sent',
    detail: null,
    atMs: mondayNoonMs,
  });
  const acknowledged: Plan = { for: 'event', key: 'k', event: 'incident.acknowledged', commentSequence: null, atMs: mondayNoonMs };
  const whom = (told: readonly Page[], by: string | null = 'ann', providers = [mail, sms, slack]): string[] => {
    const directory = aDirectory({ users: [ann, bob, carl], providers });
    const incident = { severity: 'SEV3_MEDIUM' as const, policy: { id: 'p', name: 'Default', version: 1, document } };
    const audience = { team: null, impactScopes: [], told, taken: { userId: by, epoch: 2 } };
    return whomToTell(acknowledged, incident, mondayNoonMs, directory, audience).map(shown);
  };

  it('hear that somebody else has it, by the ways by which they were paged, by SMS only where nothing else reached them', () => {
    expect(whom([pageOf('ann', mail), pageOf('bob', mail), pageOf('bob', sms), pageOf('bob', slack)])).toEqual(['bob: Mail!bob Slack!bob']);
    expect(whom([pageOf('bob', sms)])).toEqual(['bob: SMS!bob']);
    expect(whom([pageOf('ann', mail)], null)).toEqual(['ann: Mail!ann']);
  });

  it('do not where they wish not to, were paged for what began anew since, or where it was no page of a person', () => {
    expect(whom([pageOf('carl', mail), pageOf('bob', mail, 1), pageOf(null, slack)])).toEqual([]);
    const notice: Page = { ...pageOf('bob', mail), purpose: 'notice' };
    expect(whom([notice])).toEqual([]);
    expect(whom([pageOf('bob', mail)], 'ann', [off(mail)])).toEqual([]);
  });
});

it('of the impact scopes, those that somebody added are told, and nobody else', () => {
  const added: Plan = { ...opened, key: 'scopes.2', addedScopes: { ids: ['legal'], by: 'Ann' } } as Plan;
  const legal = { id: 'legal', name: 'Legal', emails: ['dpo@example.com'], phones: ['+33600000008'] };
  const audience = { team: sre, impactScopes: [security, legal] };
  expect(told(added, { providers: [slack, sms, mail, hook], audience })).toEqual([
    'dpo@example.com: Mail!dpo@example.com',
    '+33600000008: SMS!+33600000008',
  ]);
});
