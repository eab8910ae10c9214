import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';
import { decide } from '../../src/domain/incident/decide.ts';
import { explain } from '../../src/domain/incident/explain.ts';
import type { Actor, Happening, PageResult } from '../../src/domain/incident/happening.ts';
import { occasionOf } from '../../src/domain/incident/occasion.ts';
import type { Page, PlannedRecipient } from '../../src/domain/incident/paging.ts';
import { newIncident, nextDueAtMs, type IncidentState } from '../../src/domain/incident/state.ts';
import { asSaid, said } from '../../src/domain/said.ts';
import { lacking } from '../support/texts.ts';
import { words } from '../../src/texts/languages.ts';
import type { Effect, TimelineEntry } from '../../src/domain/incident/turn.ts';

const ann: Actor = { type: 'user', id: 'ann', name: 'Ann', via: 'api' };
const bob: Actor = { type: 'user', id: 'bob', name: 'Bob', via: 'api' };

const twoLevels: PolicyDocument = {
  levels: [
    { targets: [{ type: 'user', id: 'ann' }], delay_seconds: 600 },
    { targets: [], delay_seconds: 600 },
    { targets: [{ type: 'user', id: 'bob' }], delay_seconds: 600 },
  ],
  repeat: 1,
  fallback: [{ type: 'user', id: 'eve' }],
  acknowledged_timeout_seconds: 3_600,
};

/** An incident with a world around it that answers at once; what was sent is `sent`. */
class Incident {
  state: IncidentState;
  nowMs = 0;
  readonly sent: { who: string; by: string; atMs: number }[] = [];
  readonly entries: TimelineEntry[] = [];
  readonly refused: string[] = [];
  private readonly answer: (who: string, by: string) => PageResult;
  private readonly ways: (who: string) => string[];
  private commands = 0;

  constructor({ document = twoLevels, autoResolve = 'at_once', answer, ways, openedFor }: IncidentOptions = {}) {
    this.answer = answer ?? (() => ({ outcome: 'sent', receipt: 'ok', perhapsTwice: false }));
    this.ways = ways ?? (() => ['mail']);
    this.state = newIncident({
      incidentId: 'i',
      shortId: 'INC-000001',
      title: 'Disk full',
      severity: 'SEV2_HIGH',
      service: { id: 's', name: 'redis-prod' },
      assignee: openedFor ?? null,
      openedAtMs: 0,
      autoResolve: { mode: autoResolve, quietSeconds: 300 },
      policy: { id: 'p', name: 'Default', version: 3, document },
      targetNames: { 'user:ann': 'Ann', 'user:bob': 'Bob', 'user:eve': 'Eve' },
    });
    this.take({
      type: 'opened',
      setUp: { documentUrl: 'http://imas.test/document/', hasRooms: true, assignedBy: openedFor === undefined ? null : 'Ann' },
    });
  }

  take(happening: Happening): void {
    const decision = decide(this.state, happening, this.nowMs);
    this.state = JSON.parse(JSON.stringify(decision.state)) as IncidentState;
    this.entries.push(...decision.entries);
    // Nothing is said without its words and values.
    expect([...decision.entries, ...decision.results].flatMap((what) => lacking(what.said))).toEqual([]);
    this.refused.push(...decision.results.filter(({ outcome }) => outcome === 'refused').map(({ said: why }) => words(why)));
    for (const effect of decision.effects) this.follow(effect);
  }

  command(body: Extract<Happening, { type: 'command' }>['command']['body'], actor = ann): void {
    this.commands += 1;
    this.take({ type: 'command', command: { id: `c${this.commands}`, actor, acceptedAtMs: this.nowMs, body }, asNow: true });
  }

  /** Jumps from deadline to deadline, as timers would. */
  wait(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (let due = nextDueAtMs(this.state); due !== null && due <= untilMs; due = nextDueAtMs(this.state)) {
      this.nowMs = Math.max(this.nowMs, due);
      this.take({ type: 'clock' });
    }
    this.nowMs = untilMs;
  }

  saying(type: TimelineEntry['type']): string[] {
    return this.entries.filter((entry) => entry.type === type).map((entry) => words(entry.said));
  }

  pages(): string[] {
    return this.sent.map(({ who, atMs }) => `${who}@${atMs / 60_000}`);
  }

  private follow(effect: Effect): void {
    if (effect.type === 'open_room') this.take({ type: 'room_finished', result: { outcome: 'done', url: '/', title: 'It' } });
    if (effect.type === 'plan') {
      const { plan } = effect;
      const document = this.state.policy.document;
      const targets =
        plan.for === 'level'
          ? (document.levels[plan.level]?.targets ?? [])
          : plan.for === 'fallback'
            ? document.fallback
            : plan.for === 'last_resort'
              ? [{ type: 'user' as const, id: 'admin' }]
              : plan.for === 'assignee' || plan.for === 'holder'
                ? [{ type: 'user' as const, id: plan.userId }].filter(({ id }) => this.ways(id).length > 0)
                : [];
      const recipients = targets.map((target): PlannedRecipient => {
        const id = 'id' in target ? target.id : target.type;
        return {
          key: id,
          name: id,
          userId: id,
          reasons: [],
          ways: this.ways(id).map((way, index) => ({
            providerId: way,
            providerName: way,
            providerType: 'SMTP',
            address: null,
            atOnce: index === 0,
            reason: said('cause.verbatim', { text: way }),
          })),
        };
      });
      this.take({ type: 'planned', plan, recipients });
    }
    if (effect.type === 'send') {
      const { page } = effect;
      const result = this.answer(page.name, page.way.providerName);
      if (result.outcome === 'sent') this.sent.push({ who: page.name, by: page.way.providerName, atMs: this.nowMs });
      this.take({ type: 'page_finished', pageId: page.id, result });
    }
  }
}

interface IncidentOptions {
  readonly document?: PolicyDocument;
  readonly autoResolve?: 'off' | 'at_once' | 'quiet';
  readonly answer?: (who: string, by: string) => PageResult;
  readonly ways?: (who: string) => string[];
  /** By Ann, by hand. */
  readonly openedFor?: { readonly id: string; readonly name: string };
}

const minutes = (n: number): number => n * 60_000;

const alerts = (
  version: number,
  firing: number,
  more: { fired?: number[]; ended?: number[]; unlike?: number[]; worst?: IncidentState['severity'] | null } = {},
): Happening => ({
  type: 'alerts',
  alerts: {
    version,
    firing,
    resolved: 0,
    worst: more.worst ?? (firing > 0 ? 'SEV2_HIGH' : null),
    fired: more.fired ?? [],
    ended: more.ended ?? [],
    ...(more.unlike !== undefined && { unlike: more.unlike }),
    changes: (more.unlike ?? []).map((change) => ({
      version: change,
      kind: 'firing',
      alertId: String(change),
      summary: `Disk ${change} is full`,
      severity: 'SEV2_HIGH',
    })),
  },
});

describe('an incident', () => {
  it('climbs the levels, passes over the empty one, repeats, and ends at the fallback', () => {
    const incident = new Incident();
    incident.wait(minutes(120));
    expect(incident.pages()).toEqual(['ann@0', 'bob@10', 'ann@20', 'bob@30', 'eve@40']);
    expect(nextDueAtMs(incident.state)).toBeNull();
  });

  it('pages nobody after the acknowledgement, until that is forgotten', () => {
    const incident = new Incident();
    incident.wait(minutes(5));
    incident.command({ kind: 'acknowledge' });
    incident.wait(minutes(59));
    expect(incident.pages()).toEqual(['ann@0']);
    incident.wait(minutes(2));
    expect(incident.pages()).toEqual(['ann@0', 'ann@65']);
    expect(incident.state.status).toBe('TRIGGERED');
  });

  it('tells the second who acknowledges that the first has it', () => {
    const incident = new Incident();
    incident.command({ kind: 'acknowledge' });
    incident.command({ kind: 'acknowledge' }, bob);
    expect(incident.refused).toEqual(['Already acknowledged by Ann.']);
    expect(incident.state.assignee).toEqual({ id: 'ann', name: 'Ann' });
  });

  it('does a repeated command once', () => {
    const incident = new Incident();
    const command: Happening = {
      type: 'command',
      command: { id: 'same', actor: ann, acceptedAtMs: 0, body: { kind: 'comment', text: 'Looking' } },
    };
    incident.take(command);
    incident.take(command);
    expect(incident.entries.filter(({ type }) => type === 'COMMENT_ADDED')).toHaveLength(1);
  });

  it('starts again from the first level when it gets worse, even when acknowledged, and not when it gets better', () => {
    const incident = new Incident();
    incident.wait(minutes(1));
    incident.command({ kind: 'acknowledge' });
    incident.command({ kind: 'change_severity', severity: 'SEV4_LOW' });
    incident.wait(minutes(1));
    expect(incident.pages()).toEqual(['ann@0']);
    incident.command({ kind: 'change_severity', severity: 'SEV1_CRITICAL' }, bob);
    expect(incident.pages()).toEqual(['ann@0', 'ann@2']);
  });

  it('stays with whoever acknowledged it when they find it worse than it looked', () => {
    const incident = new Incident();
    incident.command({ kind: 'acknowledge' });
    incident.command({ kind: 'change_severity', severity: 'SEV1_CRITICAL' });
    expect(incident.state).toMatchObject({ status: 'ACKNOWLEDGED', severity: 'SEV1_CRITICAL', acknowledged: { by: { id: 'ann' } } });
    expect(incident.pages()).toEqual(['ann@0']);
    // Nor does an acknowledgement without a known person belong to another one without.
    const unknown: Actor = { ...ann, id: null };
    const byScript = new Incident();
    byScript.command({ kind: 'acknowledge' }, unknown);
    byScript.command({ kind: 'change_severity', severity: 'SEV1_CRITICAL' }, unknown);
    expect(byScript.state.status).toBe('TRIGGERED');
  });

  it('pages whoever it is given to by somebody else, acknowledged or not, and nobody who takes it', () => {
    const incident = new Incident();
    incident.wait(minutes(1));
    incident.command({ kind: 'assign', assignee: { id: 'bob', name: 'Bob' } });
    incident.command({ kind: 'assign', assignee: { id: 'ann', name: 'Ann' } });
    incident.command({ kind: 'acknowledge' });
    incident.wait(minutes(1));
    incident.command({ kind: 'assign', assignee: { id: 'bob', name: 'Bob' } });
    expect(incident.pages()).toEqual(['ann@0', 'bob@1', 'bob@2']);
    expect(incident.state.pages.at(-1)?.reasons[0]).toEqual(said('reason.assigned', { by: 'Ann' }));
    incident.command({ kind: 'resolve' });
    incident.command({ kind: 'assign', assignee: { id: 'eve', name: 'Eve' } });
    expect(incident.pages()).toHaveLength(3);
  });

  it('pages whom it is opened for, once where the first level pages them too, and says where they cannot be reached', () => {
    expect(new Incident({ openedFor: { id: 'bob', name: 'Bob' } }).pages()).toEqual(['ann@0', 'bob@0']);
    expect(new Incident({ openedFor: { id: 'ann', name: 'Ann' } }).pages()).toEqual(['ann@0']);
    const unreachable = new Incident({ openedFor: { id: 'bob', name: 'Bob' }, ways: (who) => (who === 'bob' ? [] : ['mail']) });
    expect(unreachable.saying('DELIVERY_FAILED')).toEqual(['Bob was not notified of the assignment: no contact method']);
  });

  it('tells whoever has it of an alert with other labels at once, and of those that follow in one message', () => {
    const incident = new Incident({ autoResolve: 'off' });
    incident.take(alerts(1, 1, { fired: [1], unlike: [1] }));
    incident.command({ kind: 'acknowledge' });
    incident.wait(minutes(1));
    incident.take(alerts(2, 2, { fired: [2] }));
    expect(incident.pages()).toEqual(['ann@0']);
    incident.take(alerts(3, 3, { fired: [3], unlike: [3] }));
    expect(incident.pages()).toEqual(['ann@0', 'ann@1']);
    incident.wait(minutes(1));
    incident.take(alerts(4, 4, { fired: [4], unlike: [4] }));
    // Told again, with one that is new.
    incident.take(alerts(5, 5, { fired: [4, 5], unlike: [4, 5] }));
    expect(incident.pages()).toHaveLength(2);
    expect(explain(incident.state).next).toEqual({ atMs: minutes(6), what: said('due.joined', { count: 2 }) });
    incident.wait(minutes(30));
    expect(incident.pages()).toEqual(['ann@0', 'ann@1', 'ann@6']);
    const [, first, second] = incident.state.pages;
    expect([first, second].map((page) => words(occasionOf((page as Page).plan, 0, { acknowledgedBy: 'Ann', triggeredAtMs: 0 })))).toEqual([
      'Another alert on your incident: Disk 3 is full',
      '2 more alerts on your incident, the first: Disk 4 is full',
    ]);
    expect(incident.state.status).toBe('ACKNOWLEDGED');
  });

  it('sums up many alerts without saying what did not happen', () => {
    const incident = new Incident({ autoResolve: 'off' });
    const ids = Array.from({ length: 12 }, (_, index) => index + 1);
    incident.take(alerts(12, 12, { fired: ids }));
    expect(incident.saying('ALERT_RECEIVED').at(-1)).toBe('12 more alerts fired; 12 firing now');
  });

  it('tells of what joined both who acknowledged it and who it was given to, and nobody once it is over or triggered again', () => {
    const incident = new Incident({ autoResolve: 'off', document: { ...twoLevels, acknowledged_timeout_seconds: 0 } });
    incident.command({ kind: 'acknowledge' });
    incident.command({ kind: 'assign', assignee: { id: 'bob', name: 'Bob' } });
    incident.wait(minutes(1));
    incident.take(alerts(1, 1, { fired: [1], unlike: [1] }));
    expect(incident.pages()).toEqual(['ann@0', 'bob@0', 'bob@1', 'ann@1']);
    incident.take(alerts(2, 2, { fired: [2], unlike: [2] }));
    incident.command({ kind: 'resolve' });
    incident.wait(minutes(60));
    expect(incident.pages()).toHaveLength(4);
    const worse = new Incident({ autoResolve: 'off' });
    worse.command({ kind: 'acknowledge' });
    worse.wait(minutes(1));
    worse.take(alerts(1, 1, { fired: [1], unlike: [1], worst: 'SEV1_CRITICAL' }));
    expect(worse.pages()).toEqual(['ann@0', 'ann@1']);
    expect(worse.state).toMatchObject({ status: 'TRIGGERED', severity: 'SEV1_CRITICAL' });
    const unreachable = new Incident({ autoResolve: 'off', ways: (who) => (who === 'ann' ? [] : ['mail']) });
    unreachable.command({ kind: 'acknowledge' });
    unreachable.take(alerts(1, 1, { fired: [1], unlike: [1] }));
    expect(unreachable.saying('DELIVERY_FAILED')).toEqual([
      'ann was not notified: no contact method',
      'Ann was not notified of the alerts that joined: no contact method',
    ]);
  });

  it('takes the next way to a person when one fails for good, and the next level at once when none is left', () => {
    const refused: PageResult = { outcome: 'failed', reason: asSaid('no such channel'), cure: null };
    const sent: PageResult = { outcome: 'sent', receipt: 'ok', perhapsTwice: false };
    const byMail = new Incident({ ways: () => ['chat', 'mail'], answer: (_, by) => (by === 'chat' ? refused : sent) });
    expect(byMail.sent).toEqual([{ who: 'ann', by: 'mail', atMs: 0 }]);
    const unreachable = new Incident({ answer: (who) => (who === 'ann' ? refused : sent) });
    expect(unreachable.pages()).toEqual(['bob@0']);
  });

  it('resolves by its alerts: not at all, at once, or after a quiet time without a firing one', () => {
    const statuses = (['off', 'at_once', 'quiet'] as const).map((autoResolve) => {
      const incident = new Incident({ autoResolve });
      incident.take(alerts(1, 1, { fired: [1] }));
      incident.wait(minutes(1));
      incident.take(alerts(2, 0, { ended: [2] }));
      const atEnd = incident.state.status;
      incident.wait(minutes(4));
      incident.take(alerts(3, 1, { fired: [3] }));
      incident.wait(minutes(1));
      incident.take(alerts(4, 0, { ended: [4] }));
      incident.wait(minutes(4));
      const beforeQuiet = incident.state.status;
      incident.wait(minutes(1));
      return [autoResolve, atEnd, beforeQuiet, incident.state.status];
    });
    expect(statuses).toEqual([
      ['off', 'TRIGGERED', 'TRIGGERED', 'TRIGGERED'],
      ['at_once', 'RESOLVED', 'RESOLVED', 'RESOLVED'],
      ['quiet', 'TRIGGERED', 'TRIGGERED', 'RESOLVED'],
    ]);
  });

  it('reopens when an alert fires again, but not for what it has heard before', () => {
    const incident = new Incident();
    incident.take(alerts(5, 1, { fired: [5] }));
    incident.command({ kind: 'resolve' });
    incident.take(alerts(5, 1, { fired: [5] }));
    expect(incident.state.status).toBe('RESOLVED');
    incident.take(alerts(6, 2, { fired: [5, 6] }));
    expect(incident.state.status).toBe('TRIGGERED');
  });

  it('escalates now when asked, and again from an acknowledgement', () => {
    const incident = new Incident();
    incident.wait(minutes(1));
    incident.command({ kind: 'escalate' });
    expect(incident.pages()).toEqual(['ann@0', 'bob@1']);
    incident.command({ kind: 'acknowledge' });
    incident.command({ kind: 'escalate' });
    expect(incident.pages()).toEqual(['ann@0', 'bob@1', 'ann@1']);
    expect(incident.state.status).toBe('TRIGGERED');
  });

  it('explains who was told, by what and why, and who is next', () => {
    const incident = new Incident();
    const { pages, next } = explain(incident.state);
    expect(pages[0]).toMatchObject({
      outcome: 'sent',
      who: 'ann',
      by: 'mail',
      reasons: [said('reason.level', { name: 'Default', version: 3, round: 1, level: 1 }), asSaid('mail')],
    });
    expect(pages.at(-1)).toMatchObject({
      outcome: 'due',
      who: 'Bob',
      atMs: minutes(10),
      by: null,
      reasons: [said('reason.level', { name: 'Default', version: 3, round: 1, level: 3 }), said('reason.target.user', { name: 'Bob' })],
    });
    expect(next).toMatchObject({ atMs: minutes(10), what: said('due.levelOfRound', { level: 3, round: 1, who: 'Bob' }) });
    expect(pages.flatMap(({ reasons }) => reasons.flatMap(lacking))).toEqual([]);
  });

  const refused: PageResult = { outcome: 'failed', reason: asSaid('no such address'), cure: null };
  const accepted: PageResult = { outcome: 'sent', receipt: 'ok', perhapsTwice: false };

  it('pages the administrators when not even the fallback can be reached, and begins anew when nobody can', () => {
    const onlyAdmin = new Incident({ answer: (who) => (who === 'admin' ? accepted : refused) });
    expect(onlyAdmin.pages()).toEqual(['admin@0']);
    let broken = true;
    const nobody = new Incident({ answer: () => (broken ? refused : accepted) });
    expect(nobody.sent).toEqual([]);
    expect(nextDueAtMs(nobody.state)).toBe(minutes(5));
    broken = false;
    nobody.wait(minutes(5));
    expect(nobody.pages()).toEqual(['ann@5']);
  });

  it('pages again when new alerts fire after everybody was paged in vain', () => {
    const incident = new Incident();
    incident.wait(minutes(120));
    const before = incident.sent.length;
    incident.take(alerts(1, 1, { fired: [1] }));
    expect(incident.pages().slice(before)).toEqual(['ann@120']);
  });

  it('reopens when an alert of a resolved incident gets worse while it fires', () => {
    const incident = new Incident();
    incident.take(alerts(1, 1, { fired: [1], worst: 'SEV2_HIGH' }));
    incident.command({ kind: 'resolve' });
    incident.take(alerts(2, 1, { worst: 'SEV1_CRITICAL' }));
    expect(incident.state).toMatchObject({ status: 'TRIGGERED', severity: 'SEV1_CRITICAL' });
  });

  it('lets the quiet time run on when an acknowledgement is forgotten', () => {
    const incident = new Incident({ autoResolve: 'quiet', document: { ...twoLevels, acknowledged_timeout_seconds: 60 } });
    incident.take(alerts(1, 1, { fired: [1] }));
    incident.command({ kind: 'acknowledge' });
    incident.take(alerts(2, 0, { ended: [2] }));
    incident.wait(minutes(2));
    expect(incident.state.status).toBe('TRIGGERED');
    incident.wait(minutes(4));
    expect(incident.state.status).toBe('RESOLVED');
  });

  it('does not take one who was skipped for one who cannot be reached', () => {
    const incident = new Incident({ answer: () => ({ outcome: 'skipped', reason: said('cause.justTaken', { who: 'Ann' }) }) });
    expect(incident.entries.filter(({ type }) => type === 'ESCALATED')).toEqual([]);
  });

  it('says of a message that may have arrived, and is not sent again, no more than is known', () => {
    const incident = new Incident({
      answer: () => ({ outcome: 'skipped', reason: said('cause.acknowledgedBy', { who: 'Bob' }), mayHaveReached: true }),
    });
    const entry = incident.entries.find(({ type }) => type === 'DELIVERY_SKIPPED');
    expect(incident.saying('DELIVERY_SKIPPED')[0]).toMatch(
      /^Notification to \S+ \(\w+\) may have been sent: an attempt was interrupted, and it was not sent again: acknowledged by Bob$/,
    );
    expect(entry?.data).toMatchObject({ may_have_reached: true });
    expect(explain(incident.state).pages.map(({ outcome, detail }) => [outcome, detail])).toContainEqual([
      'unknown',
      said('cause.acknowledgedBy', { who: 'Bob' }),
    ]);
  });

  it('leaves out recipients beyond what its state can bear, and says so', () => {
    const targets = Array.from({ length: 250 }, (_, n) => ({ type: 'user' as const, id: `user ${n}` }));
    const incident = new Incident({ document: { ...twoLevels, levels: [{ targets, delay_seconds: 60 }] } });
    expect(incident.sent).toHaveLength(200);
    expect(incident.saying('DELIVERY_SKIPPED')[0]).toContain('50 recipients');
    expect(JSON.stringify(incident.state).length).toBeLessThan(1_000_000);
  });

  it('keeps its promises whatever happens', () => {
    const act = fc.oneof(
      fc.record({ do: fc.constant('wait' as const), minutes: fc.nat({ max: 90 }) }),
      fc.record({ do: fc.constant('alerts' as const), firing: fc.nat({ max: 2 }), again: fc.boolean(), isUnlike: fc.boolean() }),
      fc.record({
        do: fc.constant('command' as const),
        body: fc.oneof(
          fc.constantFrom(
            { kind: 'acknowledge' as const },
            { kind: 'resolve' as const },
            { kind: 'reopen' as const },
            { kind: 'escalate' as const },
          ),
          fc.record({
            kind: fc.constant('change_severity' as const),
            severity: fc.constantFrom('SEV1_CRITICAL' as const, 'SEV4_LOW' as const),
          }),
        ),
      }),
    );
    const policy = fc.record({
      levels: fc.array(
        fc.record({
          targets: fc.subarray([
            { type: 'user' as const, id: 'ann' },
            { type: 'user' as const, id: 'bob' },
          ]),
          delay_seconds: fc.constantFrom(0, 60, 1800),
        }),
        { maxLength: 4 },
      ),
      repeat: fc.nat({ max: 3 }),
      fallback: fc.constant([{ type: 'user' as const, id: 'eve' }]),
      acknowledged_timeout_seconds: fc.constantFrom(0, 600),
    });
    fc.assert(
      fc.property(
        policy,
        fc.constantFrom('off' as const, 'at_once' as const, 'quiet' as const),
        fc.array(act, { maxLength: 30 }),
        fc.boolean(),
        (document, autoResolve, acts, annFails) => {
          const answer = (who: string): PageResult =>
            annFails && who === 'ann'
              ? { outcome: 'failed', reason: asSaid('no'), cure: null }
              : { outcome: 'sent', receipt: 'ok', perhapsTwice: false };
          const incident = new Incident({ document, autoResolve, answer });
          let version = 0;
          for (const one of acts) {
            const before = incident.state.status;
            const sentBefore = incident.sent.length;
            if (one.do === 'wait') incident.wait(minutes(one.minutes));
            if (one.do === 'command') incident.command(one.body);
            if (one.do === 'alerts') {
              if (!one.again) version += 1;
              const unlike = one.isUnlike ? [version] : [];
              incident.take(alerts(version, one.firing, one.firing > 0 ? { fired: [version], unlike } : { ended: [version] }));
            }
            const { state } = incident;
            // Nobody but who has it, and they only of what joined.
            if (before !== 'TRIGGERED' && state.status === before && one.do !== 'wait') {
              const toldOfJoined = before === 'ACKNOWLEDGED' && one.do === 'alerts' && one.isUnlike ? ['ann'] : [];
              expect(toldOfJoined).toEqual(expect.arrayContaining(incident.sent.slice(sentBefore).map(({ who }) => who)));
            }
            if (state.status !== 'ACKNOWLEDGED') expect(state.joined).toBeUndefined();
            if (state.status === 'TRIGGERED') expect(state.ladder.dueAtMs !== null || state.ladder.stage !== 'levels').toBe(true);
            else expect(state.ladder.dueAtMs).toBeNull();
            if (state.status === 'RESOLVED') expect(nextDueAtMs(state)).toBeNull();
            expect(state.plans).toEqual([]);
            expect(state.pages.every((page) => page.outcome !== 'pending')).toBe(true);
            expect(state.recipients).toEqual({});
          }
          incident.command({ kind: 'reopen' });
          incident.wait(minutes(60 * 24));
          const reached = incident.state.status !== 'TRIGGERED' || incident.sent.some(({ who }) => who === 'eve');
          expect(reached).toBe(true);
          expect(incident.entries.map(({ sequence }) => sequence)).toEqual(incident.entries.map((_, index) => index + 1));
        },
      ),
      { numRuns: 1_500 },
    );
  });
});
