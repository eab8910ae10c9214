import { describe, expect, it } from 'vitest';
import type { PageTarget, PolicyDocument } from '../../src/domain/escalation-policy.ts';
import type { Directory, DirectorySchedule } from '../../src/domain/routing/directory.ts';
import { routeOf, type RouteStep } from '../../src/domain/simulated-route.ts';
import { simulate, type Simulation } from '../../src/domain/simulation.ts';
import { aDirectory, aPerson, aProvider, aTeam } from './routing/people.ts';

const openedAtMs = Date.UTC(2026, 10, 28, 3);
const user = (id: string): PageTarget => ({ type: 'user', id });
const policy = (levels: PolicyDocument['levels'], more: Partial<PolicyDocument> = {}): PolicyDocument => ({
  levels,
  repeat: 0,
  fallback: [user('eve')],
  acknowledged_timeout_seconds: 0,
  ...more,
});
const route = (document: PolicyDocument, directory: Directory, more: Partial<Simulation> = {}): RouteStep[] => {
  const simulation: Simulation = { severity: 'SEV1_CRITICAL', openedAtMs, audience: { team: null, impactScopes: [] }, ...more };
  return routeOf(simulate(document, directory, simulation), document, openedAtMs);
};
const said = ({ on, level, round, afterMs, recipients }: RouteStep): string =>
  `${on}${level ?? ''}${round === 1 ? '' : ` round ${round}`} ${afterMs / 60_000}: ${recipients.map(({ name }) => name).join(', ')}`;

const mail = aProvider('Mail', 'SMTP', 'mail');
const sms = aProvider('SMS', 'OVH_SMS', 'sms');

describe('the route of an incident', () => {
  it('tries what is chosen for the severity at once, and the rest in turn', () => {
    const ann = aPerson('ann', {
      phone: '+33612345678',
      contactMethods: [
        { provider_id: 'SMS', address: '+33612345678', severities: ['SEV2_HIGH'] },
        { provider_id: 'Mail', address: 'ann@example.com', severities: ['SEV1_CRITICAL'] },
      ],
    });
    const [, level] = route(policy([{ targets: [user('ann')], delay_seconds: 300 }]), aDirectory({ users: [ann], providers: [mail, sms] }));
    expect(level).toMatchObject({ on: 'level', level: 1, afterMs: 0, waitsMs: 300_000 });
    expect(level?.recipients[0]?.ways).toMatchObject([
      { providerName: 'Mail', address: 'ann@example.com', taken: 'at_once', reason: { code: 'reason.preference' } },
      { providerName: 'SMS', address: '+33612345678', taken: 'if_others_fail', reason: { code: 'reason.laterPreference' } },
    ]);
  });

  it('names inactive providers as skipped, and people whom nothing reaches', () => {
    const off = aProvider('Off', 'SLACK', 'chat', { isActive: false });
    const ann = aPerson('ann', { contactMethods: [{ provider_id: 'Off', address: 'U1', severities: [] }] });
    const [, first, second] = route(
      policy([
        { targets: [user('ann')], delay_seconds: 300 },
        { targets: [user('bob')], delay_seconds: 600 },
      ]),
      aDirectory({ users: [ann, aPerson('bob', { email: null }), aPerson('eve')], providers: [off, mail] }),
    );
    expect(first?.recipients).toMatchObject([{ name: 'ann', skipped: ['Off'], ways: [{ providerName: 'Mail', taken: 'at_once' }] }]);
    expect(second).toMatchObject({ level: 2, recipients: [{ name: 'bob', ways: [], skipped: [] }] });
  });

  it('says once what every round does, and again where somebody else is on call by then', () => {
    const schedule: DirectorySchedule & { id: string } = {
      id: 's',
      name: 'Duty',
      teamId: null,
      time_zone: 'UTC',
      layers: [
        {
          name: 'Hourly',
          users: ['ann', 'bob'],
          rotation: { type: 'hourly', length: 1, handoff_time: '03:30', start: '2026-11-01' },
        },
      ],
      overrides: [],
    };
    const directory = aDirectory({ users: [aPerson('ann'), aPerson('bob'), aPerson('eve')], schedules: [schedule], providers: [mail] });
    const steps = route(
      policy(
        [
          { targets: [{ type: 'schedule', id: 's' }], delay_seconds: 1200 },
          { targets: [user('eve')], delay_seconds: 600 },
        ],
        { repeat: 2 },
      ),
      directory,
    );
    const [now, later] = [steps[1]?.recipients[0]?.name, steps[1]?.recipients[0]?.name === 'ann' ? 'bob' : 'ann'];
    expect(steps.map(said)).toEqual([
      'opened 0: ',
      `level1 0: ${now}`,
      'level2 20: eve',
      `level1 round 2 30: ${later}`,
      'fallback 90: eve',
    ]);
  });

  it('ends at the administrators where the fallback reaches nobody', () => {
    const directory = aDirectory({ users: [aPerson('root', { isStaff: true })], providers: [mail] });
    expect(route(policy([{ targets: [user('gone')], delay_seconds: 300 }]), directory).map(said)).toEqual([
      'opened 0: ',
      'level1 0: ',
      'fallback 0: ',
      'last_resort 0: root',
    ]);
  });

  it('informs the team by its channel, what has a place of its own, and the impact scopes', () => {
    const team = aTeam('sre', { slackChannelId: 'C0123456' });
    const directory = aDirectory({
      users: [aPerson('eve')],
      teams: [team],
      providers: [
        mail,
        aProvider('Slack', 'SLACK', 'chat', { hasDestination: true }),
        aProvider('Hook', 'WEBHOOK', 'webhook', { hasDestination: true }),
      ],
    });
    const scope = { id: 'security', name: 'Security', emails: ['ciso@example.com'], phones: [] };
    const [opened] = route(policy([{ targets: [user('eve')], delay_seconds: 300 }]), directory, {
      audience: { team, impactScopes: [scope] },
    });
    expect(opened?.recipients.map(({ name, ways, reasons }) => [name, ways[0]?.address, reasons[0]?.code])).toEqual([
      ['sre', 'C0123456', 'reason.ownerTeam'],
      ['Hook', null, 'reason.destination'],
      ['ciso@example.com', 'ciso@example.com', 'reason.scope'],
    ]);
  });
});
