import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';
import type { House } from '../support/house.ts';
import { rearm } from './rearm.ts';
import type { Tape } from './tape.ts';

/** The people of every scenario: the policy pages ann, then bob, then eve. */
export interface Cast {
  readonly ann: string;
  readonly bob: string;
  readonly eve: string;
}

export interface Stage extends Cast {
  readonly house: House;
  readonly tape: Tape;
  /** From now on Google refuses to make any. */
  readonly refuseDocuments?: () => void;
  policy(more?: Partial<PolicyDocument>): PolicyDocument;
  /** A new incident of a new service with this policy. */
  open(policy?: PolicyDocument, alert?: Parameters<House['fire']>[1]): Promise<Opened>;
  said(incident: string, text: string, times?: number): Promise<void>;
  /** Waits until a notification has reached this person. */
  sent(incident: string, who: string, times?: number): Promise<void>;
}

export interface Opened {
  readonly incident: string;
  readonly service: string;
}

export type Scenario = (stage: Stage) => Promise<void>;

export const user = (id: string) => ({ type: 'user', id }) as const;

export function setStage(house: House, tape: Tape, cast: Cast): Stage {
  const { ann, bob, eve } = cast;
  const stage: Stage = {
    ...cast,
    house,
    tape,
    policy: (more = {}) => ({
      levels: [
        { targets: [user(ann)], delay_seconds: 1800 },
        { targets: [user(bob)], delay_seconds: 1800 },
      ],
      repeat: 0,
      fallback: [user(eve)],
      acknowledged_timeout_seconds: 0,
      ...more,
    }),
    async open(policy = stage.policy(), alert = {}) {
      const service = await house.service(policy);
      return { service, incident: (await house.fire(service, alert)).incidentId as string };
    },
    async said(incident, text, times = 1) {
      const count = async (): Promise<number> => (await house.timeline(incident)).filter(({ message }) => message.includes(text)).length;
      await house.until(`"${text}" ${times} times`, async () => (await count()) >= times, 20_000);
    },
    sent: (incident, who, times) => stage.said(incident, `(${who})`, times),
  };
  return stage;
}

/** Everything that an incident's life can branch into, one by one, where waits can be skipped. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  async 'levels-then-fallback'({ open, sent, house, tape }) {
    const { incident } = await open();
    await sent(incident, 'ann');
    await house.wait('31m');
    await sent(incident, 'bob');
    await house.wait('31m');
    await sent(incident, 'eve');
    await tape.keep(incident);
  },

  async 'levels-repeated'({ open, sent, house, tape, policy }) {
    const { incident } = await open(policy({ repeat: 1 }));
    await sent(incident, 'ann');
    for (const [who, times] of [
      ['bob', 1],
      ['ann', 2],
      ['bob', 2],
      ['eve', 1],
    ] as const) {
      await house.wait('31m');
      await sent(incident, who, times);
    }
    await tape.keep(incident);
  },

  async 'empty-and-unreachable-level'({ open, sent, house, tape, policy, bob }) {
    const nobody = await house.seed.user({ username: `nobody-${crypto.randomUUID()}`, email: null });
    const levels = [[], [user(nobody)], [user(bob)]].map((targets) => ({ targets, delay_seconds: 3600 }));
    const { incident } = await open(policy({ levels }));
    await sent(incident, 'bob');
    await tape.keep(incident);
  },

  async 'acknowledged-then-resolved'({ open, sent, house, tape }) {
    const { incident } = await open();
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'acknowledge' });
    await house.command(incident, { kind: 'acknowledge' }, { by: 'Bob' });
    await house.command(incident, { kind: 'resolve', note: 'It was the disk' });
    await tape.keepEnded(incident);
  },

  async 'acknowledgement-forgotten'({ open, sent, house, tape, policy }) {
    const { incident } = await open(policy({ acknowledged_timeout_seconds: 3600 }));
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'acknowledge' });
    await house.wait('61m');
    await sent(incident, 'ann', 2);
    await house.command(incident, { kind: 'resolve' });
    await tape.keepEnded(incident);
  },

  async 'severity-raised-by-a-person'({ open, sent, house, tape }) {
    const { incident } = await open(undefined, { severity: 'SEV3_MEDIUM' });
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'acknowledge' });
    await house.command(incident, { kind: 'change_severity', severity: 'SEV1_CRITICAL' });
    await sent(incident, 'ann', 2);
    await house.command(incident, { kind: 'change_severity', severity: 'SEV4_LOW' });
    await house.wait('31m');
    await sent(incident, 'bob');
    await tape.keep(incident);
  },

  async 'severity-raised-by-the-holder'({ open, said, sent, house, tape, ann }) {
    const { incident } = await open(undefined, { severity: 'SEV3_MEDIUM' });
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'acknowledge' }, { userId: ann });
    await house.command(incident, { kind: 'change_severity', severity: 'SEV1_CRITICAL' }, { userId: ann });
    await said(incident, 'SEV1');
    await house.command(incident, { kind: 'resolve' });
    await tape.keepEnded(incident);
  },

  async 'severity-raised-by-an-alert'({ open, said, sent, house, tape }) {
    const { incident, service } = await open(undefined, { severity: 'SEV3_MEDIUM', fingerprint: 'a' });
    await sent(incident, 'ann');
    await house.fire(service, { severity: 'SEV1_CRITICAL', fingerprint: 'b' });
    await sent(incident, 'ann', 2);
    await house.command(incident, { kind: 'acknowledge' });
    await house.end(service, { severity: 'SEV3_MEDIUM', fingerprint: 'a' });
    await said(incident, 'Alert resolved by monitoring');
    await tape.keep(incident);
  },

  async 'escalated-by-a-person'({ open, sent, house, tape }) {
    const { incident } = await open();
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'escalate' });
    await sent(incident, 'bob');
    await house.command(incident, { kind: 'acknowledge' });
    await house.command(incident, { kind: 'escalate' });
    await sent(incident, 'eve');
    for (const [who, times] of [
      ['ann', 2],
      ['bob', 2],
    ] as const) {
      await house.command(incident, { kind: 'escalate' });
      await sent(incident, who, times);
    }
    await tape.keep(incident);
  },

  async 'assigned-and-commented'({ open, sent, house, tape, bob }) {
    const { incident } = await open();
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'assign', assignee: { id: bob, name: 'bob' } });
    await house.command(incident, { kind: 'assign', assignee: { id: bob, name: 'bob' } });
    await house.command(incident, { kind: 'assign', assignee: null });
    const id = crypto.randomUUID();
    await house.command(incident, { kind: 'comment', text: 'Looking' }, { id });
    await house.command(incident, { kind: 'comment', text: 'Looking' }, { id });
    await tape.keep(incident);
  },

  async 'assigned-to-another'({ open, sent, house, tape, ann, bob, eve }) {
    const { incident } = await open();
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'assign', assignee: { id: bob, name: 'bob' } }, { userId: ann });
    await sent(incident, 'bob');
    await house.command(incident, { kind: 'acknowledge' }, { userId: bob, by: 'bob' });
    await house.command(incident, { kind: 'assign', assignee: { id: eve, name: 'eve' } }, { userId: bob, by: 'bob' });
    await sent(incident, 'eve');
    await tape.keep(incident);
  },

  async 'somebody-on-the-level-whom-nothing-leads-to'({ open, said, sent, house, tape, policy, ann }) {
    const name = `nobody-${crypto.randomUUID()}`;
    const nobody = await house.seed.user({ username: name, email: null });
    const { incident } = await open(policy({ levels: [{ targets: [user(nobody), user(ann)], delay_seconds: 1800 }] }));
    await sent(incident, 'ann');
    await said(incident, `${name} was not notified: no contact method`);
    await tape.keep(incident);
  },

  async 'joined-by-alerts-with-other-labels'({ open, sent, house, tape, ann, bob }) {
    const { incident, service } = await open(undefined, { fingerprint: 'a', labels: { instance: 'a' } });
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'acknowledge' }, { userId: ann, by: 'ann' });
    await house.fire(service, { fingerprint: 'b', labels: { instance: 'b' } });
    await sent(incident, 'ann', 2);
    await house.command(incident, { kind: 'assign', assignee: { id: bob, name: 'bob' } }, { userId: ann, by: 'ann' });
    await sent(incident, 'bob');
    await house.fire(service, { fingerprint: 'c', labels: { instance: 'c' } });
    await house.fire(service, { fingerprint: 'd', labels: { instance: 'd' } });
    await house.wait('6m');
    await sent(incident, 'ann', 3);
    await sent(incident, 'bob', 2);
    await tape.keep(incident);
  },

  async 'opened-for-another'({ sent, house, tape, policy, ann, bob }) {
    const serviceId = await house.service(policy());
    const actor = { type: 'user', id: ann, name: 'ann', via: 'api' } as const;
    const about = { title: 'By hand', description: '', severity: 'SEV2_HIGH', impactScopeIds: [] } as const;
    const { id } = await house.incidents.open({ id: crypto.randomUUID(), ...about, serviceId, assigneeId: bob, actor });
    await sent(id, 'bob');
    await tape.keep(id);
  },

  async 'opened-quietly'({ sent, said, house, tape, policy, ann }) {
    const serviceId = await house.service(policy());
    const actor = { type: 'user', id: ann, name: 'ann', via: 'api' } as const;
    const about = {
      title: 'By hand',
      description: '',
      severity: 'SEV2_HIGH',
      impactScopeIds: [],
      assigneeId: null,
      isQuiet: true,
    } as const;
    const { id } = await house.incidents.open({ id: crypto.randomUUID(), ...about, serviceId, actor });
    await said(id, 'without notifying anyone');
    await house.command(id, { kind: 'acknowledge' }, { by: 'Bob' });
    await house.wait('3h');
    await house.command(id, { kind: 'escalate' });
    await sent(id, 'ann');
    await house.command(id, { kind: 'resolve' });
    await tape.keepEnded(id);
  },

  async 'impact-scopes-added'({ open, sent, house, tape }) {
    const scope = await house.scope(`scope-${crypto.randomUUID().slice(0, 8)}`, ['ciso@example.com']);
    const { incident } = await open();
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'add_scopes', scopes: [scope] });
    await house.command(incident, { kind: 'add_scopes', scopes: [scope] });
    await sent(incident, 'ciso@example.com');
    await tape.keep(incident);
  },

  async 'reopened-by-an-alert-and-by-a-person'({ open, sent, house, tape }) {
    const { incident, service } = await open();
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'resolve' });
    await tape.keepEnded(incident);
    await house.fire(service, { start: 60 });
    await house.untilStatus(incident, 'TRIGGERED');
    await sent(incident, 'ann', 2);
    await house.command(incident, { kind: 'resolve' });
    await house.command(incident, { kind: 'resolve' }, { by: 'Bob' });
    await tape.keepEnded(incident);
    await house.command(incident, { kind: 'reopen', note: 'It is back' });
    await sent(incident, 'ann', 3);
    await tape.keep(incident);
  },

  async 'resolved-by-its-last-alert'({ open, said, sent, house, tape }) {
    const { incident, service } = await open(undefined, { fingerprint: 'a' });
    await sent(incident, 'ann');
    await house.fire(service, { fingerprint: 'b' });
    await house.end(service, { fingerprint: 'a' });
    await said(incident, 'Alert resolved by monitoring');
    await house.end(service, { fingerprint: 'b' });
    await tape.keepEnded(incident);
  },

  async 'not-resolved-by-its-last-alert'({ said, sent, house, tape, policy }) {
    const service = await house.service(policy(), { autoResolve: 'off' });
    const incident = (await house.fire(service)).incidentId as string;
    await sent(incident, 'ann');
    await house.end(service);
    await said(incident, 'Alert resolved by monitoring');
    await house.wait('31m');
    await sent(incident, 'bob');
    await tape.keep(incident);
  },

  async 'resolved-after-a-quiet-time-that-was-interrupted'({ said, sent, house, tape, policy }) {
    const service = await house.service(policy(), { autoResolve: 'quiet', quietSeconds: 600 });
    const incident = (await house.fire(service, { start: 0 })).incidentId as string;
    await sent(incident, 'ann');
    await house.end(service, { start: 0 });
    await said(incident, 'Alert resolved by monitoring');
    await house.wait('9m');
    await house.fire(service, { start: 100 });
    await said(incident, 'is firing', 3);
    await house.wait('9m');
    await house.end(service, { start: 100 });
    await said(incident, 'Alert resolved by monitoring', 2);
    await house.wait('11m');
    await tape.keepEnded(incident);
  },

  async 'refused-then-another-way'({ open, sent, house, tape, policy }) {
    const mail = house.mailProviderId;
    const name = `carl-${crypto.randomUUID()}`;
    const carl = await house.person(name, {
      contactMethods: [
        { provider_id: mail, address: 'gone@example.com', severities: [] },
        { provider_id: mail, address: 'carl@example.com', severities: ['SEV1_CRITICAL'] },
      ],
    });
    house.mailbox.refuse = (to) => (to === 'gone@example.com' ? '550 5.1.1 no such user' : null);
    const { incident } = await open(policy({ levels: [{ targets: [user(carl)], delay_seconds: 600 }] }));
    await sent(incident, name);
    house.mailbox.refuse = () => null;
    await tape.keep(incident);
  },

  async 'provider-away-then-back'({ open, sent, house, tape }) {
    let refusals = 2;
    house.mailbox.refuse = () => (refusals-- > 0 ? '450 4.2.0 try later' : null);
    const { incident } = await open();
    await house.wait('1m');
    await sent(incident, 'ann');
    house.mailbox.refuse = () => null;
    await tape.keep(incident);
  },

  async 'many-alerts-at-once'({ open, sent, house, tape }) {
    const { incident, service } = await open(undefined, { fingerprint: 'first' });
    const others = Array.from({ length: 40 }, (_, index) => ({ fingerprint: `f${index}`, start: index }));
    await Promise.all(others.map((alert) => house.fire(service, alert)));
    await sent(incident, 'ann');
    await Promise.all(others.map((alert) => house.end(service, alert)));
    await house.end(service, { fingerprint: 'first' });
    await tape.keepEnded(incident);
  },

  async 'signals-that-nobody-of-ours-sent'({ open, sent, house, tape }) {
    const { incident } = await open();
    await sent(incident, 'ann');
    const run = house.environment.client.workflow.getHandle(`incident/${incident}`);
    const actor = { type: 'user', id: null, name: 'Ann', via: 'page' };
    await run.signal('command', { id: 'forged', actor, acceptedAtMs: 0, body: { kind: 'resolve' } });
    await run.signal('alerts', { version: 9e15, firing: 0, resolved: 1, worst: null, fired: [], ended: [9e15], changes: [] });
    await run.signal('look');
    await house.command(incident, { kind: 'acknowledge' });
    await tape.keep(incident);
  },

  async 'worker-stopped-in-the-middle'({ open, sent, house, tape }) {
    const { incident } = await open();
    await sent(incident, 'ann');
    const startAgain = await house.stopWorker();
    const acknowledged = house.command(incident, { kind: 'acknowledge' });
    const commented = house.command(incident, { kind: 'comment', text: 'While nobody listens' });
    await startAgain();
    await Promise.all([acknowledged, commented]);
    await tape.keep(incident);
  },
};

/** What needs a server with a real clock: search attributes, and sends that are tried again while other things happen. */
export const realClockScenarios: Readonly<Record<string, Scenario>> = {
  async 'more-news-than-are-read-at-once'({ open, sent, house, tape }) {
    const { incident, service } = await open(undefined, { fingerprint: 'first' });
    await sent(incident, 'ann');
    const startAgain = await house.stopWorker();
    const comments = Array.from({ length: 50 }, (_, index) => house.command(incident, { kind: 'comment', text: `Comment ${index}` }));
    await house.fire(service, { fingerprint: 'second' });
    await startAgain();
    await Promise.all(comments);
    await house.command(incident, { kind: 'resolve' });
    await tape.keepEnded(incident);
  },

  async 'with-search-attributes'({ open, sent, house, tape }) {
    const { incident } = await open();
    await sent(incident, 'ann');
    await house.command(incident, { kind: 'change_severity', severity: 'SEV1_CRITICAL' });
    await house.command(incident, { kind: 'acknowledge' });
    await house.command(incident, { kind: 'resolve' });
    await tape.keepEnded(incident);
  },

  async 'provider-away-while-the-ladder-goes-on'({ open, said, sent, house, tape, policy, ann, bob }) {
    house.mailbox.refuse = (to) => (to.startsWith('ann') ? '450 4.2.0 try later' : null);
    const levels = [ann, bob].map((id) => ({ targets: [user(id)], delay_seconds: 3 }));
    const { incident } = await open(policy({ levels }));
    await sent(incident, 'bob');
    await sent(incident, 'eve');
    await house.command(incident, { kind: 'acknowledge' });
    await said(incident, 'not sent: ');
    house.mailbox.refuse = () => null;
    await tape.keep(incident);
  },

  async 'acknowledged-while-a-page-waits'({ open, said, house, tape }) {
    house.mailbox.refuse = () => '450 4.2.0 try later';
    const { incident } = await open();
    const refused = async (): Promise<number> =>
      (await house.database.pool.query(`select from deliveries where incident_id = $1 and state = 'failed'`, [incident])).rowCount ?? 0;
    await house.until('a first attempt', async () => (await refused()) > 0);
    await house.command(incident, { kind: 'acknowledge' });
    house.mailbox.refuse = () => null;
    await said(incident, 'not sent: ');
    await tape.keep(incident);
  },

  async 'set-back-and-resumed-from-the-store'({ open, sent, house, tape }) {
    const { incident } = await open();
    await sent(incident, 'ann');
    const workflow = house.environment.client.workflow;
    const { events } = await workflow.getHandle(`incident/${incident}`).fetchHistory();
    const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
    await house.command(incident, { kind: 'acknowledge' });
    await house.untilStatus(incident, 'ACKNOWLEDGED');
    await house.environment.client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: `incident/${incident}` },
      reason: 'an operator tries again',
      workflowTaskFinishEventId: tasks[1]?.eventId ?? null,
      requestId: crypto.randomUUID(),
    });
    const state = async (): Promise<string> => (await workflow.getHandle(`incident/${incident}`).describe()).status.name;
    await house.until('the run that was set back gives up', async () => (await state()) === 'FAILED', 20_000);
    await tape.keep(incident);
    await rearm(house.database.pool, incident);
    await house.command(incident, { kind: 'resolve' });
    await house.untilStatus(incident, 'RESOLVED');
    await tape.keepEnded(incident);
  },

  async 'run-lost-and-resumed-from-the-store'({ open, said, sent, house, tape, policy, ann, bob }) {
    const levels = [ann, bob].map((id) => ({ targets: [user(id)], delay_seconds: 4 }));
    const { incident } = await open(policy({ levels }));
    await sent(incident, 'ann');
    await said(incident, 'document created');
    await tape.keep(incident);
    await house.environment.client.workflow.getHandle(`incident/${incident}`).terminate('lost');
    await rearm(house.database.pool, incident);
    await sent(incident, 'bob');
    await house.command(incident, { kind: 'resolve' });
    await tape.keepEnded(incident);
  },

  async 'store-away-then-asked-anew'({ open, said, sent, house, tape }) {
    const { incident } = await open();
    await sent(incident, 'ann');
    const { pool } = house.database;
    await pool.query('alter table timeline_entries rename to timeline_entries_away');
    const commented = house.command(incident, { kind: 'comment', text: 'Nobody can write this down' });
    await house.until(
      'a timer between two tries',
      async () => ((await house.history(incident)).events ?? []).filter((event) => event.timerStartedEventAttributes != null).length > 1,
      60_000,
    );
    await pool.query('alter table timeline_entries_away rename to timeline_entries');
    await commented;
    await said(incident, 'Nobody can write this down');
    await tape.keep(incident);
  },
};

/** Of incidents whose document is kept at Google. */
export const documentScenarios: Readonly<Record<string, Scenario>> = {
  async 'document-elsewhere'({ open, said, house, tape }) {
    const { incident } = await open();
    await said(incident, 'document created');
    await house.command(incident, { kind: 'acknowledge' });
    await house.command(incident, { kind: 'resolve' });
    await tape.keepEnded(incident);
  },

  async 'document-refused-elsewhere'({ open, said, house, tape, refuseDocuments }) {
    refuseDocuments?.();
    const { incident } = await open();
    await said(incident, 'document created');
    await house.command(incident, { kind: 'resolve' });
    await tape.keepEnded(incident);
  },
};
