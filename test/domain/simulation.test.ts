import { describe, expect, it } from 'vitest';
import type { PageTarget, PolicyDocument } from '../../src/domain/escalation-policy.ts';
import { aDirectory, aPerson, aProvider } from './routing/people.ts';
import type { Directory, DirectoryUser } from '../../src/domain/routing/directory.ts';
import { simulate } from '../../src/domain/simulation.ts';

const person = (id: string, more: Partial<DirectoryUser> = {}): [string, DirectoryUser] => [id, aPerson(id, more)];

const directory = (users: readonly [string, DirectoryUser][]): Directory =>
  aDirectory({
    users: users.map(([, one]) => one),
    providers: [aProvider('Mail', 'SMTP', 'mail'), aProvider('Hook', 'WEBHOOK', 'webhook', { events: ['incident.created'] })],
  });

const user = (id: string): PageTarget => ({ type: 'user', id });
const policy = (levels: PolicyDocument['levels'], more: Partial<PolicyDocument> = {}): PolicyDocument => ({
  levels,
  repeat: 0,
  fallback: [user('eve')],
  acknowledged_timeout_seconds: 0,
  ...more,
});

const openedAtMs = Date.UTC(2026, 0, 5);
const told = (document: PolicyDocument, users: readonly [string, DirectoryUser][]): string[] =>
  simulate(document, directory(users), { severity: 'SEV2_HIGH', openedAtMs, audience: { team: null, impactScopes: [] } }).map(
    ({ plan, atMs, recipients }) =>
      `${plan.for === 'event' ? plan.event : plan.for} ${(atMs - openedAtMs) / 60_000}: ${recipients.map(({ name }) => name).join(', ')}`,
  );

describe('a simulated incident', () => {
  it('tells who follows at once, then level after level until the fallback', () => {
    const document = policy(
      [
        { targets: [user('ann')], delay_seconds: 300 },
        { targets: [user('bob')], delay_seconds: 600 },
      ],
      { repeat: 1 },
    );
    expect(told(document, [person('ann'), person('bob'), person('eve')]).filter((line) => !line.startsWith('incident.escalated'))).toEqual([
      'incident.created 0: Hook',
      'level 0: ann',
      'level 5: bob',
      'level 15: ann',
      'level 20: bob',
      'fallback 30: eve',
    ]);
  });

  it('passes over a level that reaches nobody, as an incident would', () => {
    const document = policy([
      { targets: [user('gone')], delay_seconds: 300 },
      { targets: [user('bob')], delay_seconds: 600 },
    ]);
    const lines = told(document, [person('bob'), person('eve', { isActive: false }), person('root', { isStaff: true })]);
    expect(lines.filter((line) => !line.startsWith('incident.'))).toEqual([
      'level 0: ',
      'level 0: bob',
      'fallback 10: ',
      'last_resort 10: root',
    ]);
  });

  it('comes to an end where nobody at all can be reached', () => {
    expect(told(policy([{ targets: [user('gone')], delay_seconds: 300 }]), []).at(-1)).toBe('last_resort 0: ');
  });
});
