import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';
import { startHouse, type House } from '../support/house.ts';
import { words } from '../../src/texts/languages.ts';

/** The second time, every run continues as a new one after a handful of events: in the middle of whatever it is doing. */
describe.each([
  ['in one run', {}],
  ['in many short runs', { eventLimit: 20 }],
])('%s', (_, options) => {
  let house: House;
  let ann: string;
  let bob: string;
  let eve: string;

  beforeAll(async () => {
    house = await startHouse(options);
    [ann, bob, eve] = await Promise.all([house.person('ann'), house.person('bob'), house.person('eve')]);
  });

  afterEach(() => {
    house.mailbox.refuse = () => null;
  });

  afterAll(async () => {
    await house.stop();
  });

  const user = (id: string) => ({ type: 'user', id }) as const;

  const policy = (more: Partial<PolicyDocument> = {}): PolicyDocument => ({
    levels: [
      { targets: [user(ann)], delay_seconds: 30 * 60 },
      { targets: [user(bob)], delay_seconds: 30 * 60 },
    ],
    repeat: 0,
    fallback: [user(eve)],
    acknowledged_timeout_seconds: 0,
    ...more,
  });

  /** Mails about this incident, as `who`, in the order of their arrival. */
  const paged = async (incidentId: string): Promise<string[]> => {
    const shortId = String((await house.incident(incidentId))['short_id']);
    return house.mailbox.mails.filter(({ subject }) => subject.includes(shortId)).map(({ to }) => to.join().replace('@example.com', ''));
  };

  const opened = async (serviceId: string, alert: Parameters<House['fire']>[1] = {}): Promise<string> => {
    const { incidentId } = await house.fire(serviceId, alert);
    if (incidentId === null) throw new Error('no incident was opened');
    return incidentId;
  };

  const untilPaged = (incidentId: string, who: string[]): Promise<void> =>
    house
      .until(`pages to ${who.join()}`, async () => JSON.stringify((await paged(incidentId)).toSorted()) === JSON.stringify(who.toSorted()))
      .catch(async () => {
        expect(await paged(incidentId)).toEqual(who);
      });

  describe('escalation', () => {
    it('pages the first level at once, the second after thirty minutes, the fallback after an hour', async () => {
      const incident = await opened(await house.service(policy()));
      await untilPaged(incident, ['ann']);
      await house.wait('29m');
      await untilPaged(incident, ['ann']);
      await house.wait('2m');
      await untilPaged(incident, ['ann', 'bob']);
      await house.wait('31m');
      await untilPaged(incident, ['ann', 'bob', 'eve']);
    });

    it('goes through the levels again as often as the policy says', async () => {
      const incident = await opened(await house.service(policy({ repeat: 1 })));
      await untilPaged(incident, ['ann']);
      await house.wait('61m');
      await untilPaged(incident, ['ann', 'bob', 'ann']);
      await house.wait('61m');
      await untilPaged(incident, ['ann', 'bob', 'ann', 'bob', 'eve']);
    });

    it('stops when somebody acknowledges, and says so to whoever comes second', async () => {
      const incident = await opened(await house.service(policy()));
      await untilPaged(incident, ['ann']);
      expect(await house.command(incident, { kind: 'acknowledge' }, { by: 'Ann' })).toEqual({
        outcome: 'applied',
        message: 'Acknowledged',
      });
      expect(await house.command(incident, { kind: 'acknowledge' }, { by: 'Bob' })).toEqual({
        outcome: 'refused',
        message: 'Already acknowledged by Ann.',
      });
      await house.wait('24h');
      expect(await paged(incident)).toEqual(['ann']);
      expect(await house.incident(incident)).toMatchObject({ status: 'ACKNOWLEDGED', acknowledged_by: 'Ann' });
    });

    it('pages nobody who was not paged yet when the acknowledgement comes: at the opening, between two tries, between two levels', async () => {
      const atOpening = await opened(await house.service(policy()));
      await house.command(atOpening, { kind: 'acknowledge' });
      house.mailbox.refuse = () => '450 4.2.0 try later';
      const betweenTries = await opened(await house.service(policy()));
      await house.until('a failed try', async () => {
        const { rowCount } = await house.database.pool.query(`select 1 from deliveries where incident_id = $1 and state = 'failed'`, [
          betweenTries,
        ]);
        return rowCount !== 0;
      });
      await house.command(betweenTries, { kind: 'acknowledge' });
      house.mailbox.refuse = () => null;
      const betweenLevels = await opened(await house.service(policy()));
      await untilPaged(betweenLevels, ['ann']);
      await house.wait('31m');
      await untilPaged(betweenLevels, ['ann', 'bob']);
      await house.command(betweenLevels, { kind: 'acknowledge' });
      await house.wait('24h');
      expect(await paged(betweenLevels)).toEqual(['ann', 'bob']);
      expect(await paged(betweenTries)).toEqual([]);
      expect((await paged(atOpening)).length).toBeLessThanOrEqual(1);
      expect(
        (await house.explain(betweenTries)).pages.map(({ outcome, detail }) => `${outcome}: ${detail === null ? '' : words(detail)}`),
      ).toEqual(['skipped: acknowledged by Ann']);
    });

    it('says of a try that was cut off, and is not made again once somebody has it, that it may have arrived', async () => {
      house.mailbox.refuse = () => '450 4.2.0 try later';
      const incident = await opened(await house.service(policy()));
      await house.until('a try that was cut off', async () => {
        const { rowCount } = await house.database.pool.query(
          `update deliveries set state = 'unknown', error = 'cut off: no result was kept' where incident_id = $1 and state = 'failed'`,
          [incident],
        );
        return rowCount !== 0;
      });
      await house.command(incident, { kind: 'acknowledge' });
      house.mailbox.refuse = () => null;
      await house.until('the try is given up', async () =>
        (await house.explain(incident)).pages.some(({ outcome }) => outcome === 'unknown'),
      );
      const entry = (await house.timeline(incident)).find(({ type }) => type === 'DELIVERY_SKIPPED');
      expect(entry?.message).toMatch(
        /^Notification to .+ may have been sent: an attempt was interrupted, and it was not sent again: acknowledged by Ann$/,
      );
    });

    it('starts again when a worse alert comes, and not for another as bad', async () => {
      const service = await house.service(policy());
      const incident = await opened(service, { fingerprint: 'a', severity: 'SEV3_MEDIUM' });
      await untilPaged(incident, ['ann']);
      await house.command(incident, { kind: 'acknowledge' });
      await house.fire(service, { fingerprint: 'b', severity: 'SEV3_MEDIUM' });
      await house.fire(service, { fingerprint: 'c', severity: 'SEV1_CRITICAL' });
      await untilPaged(incident, ['ann', 'ann']);
      expect(await house.incident(incident)).toMatchObject({ severity: 'SEV1_CRITICAL', status: 'TRIGGERED' });
    });

    it('pages again when the acknowledgement is forgotten', async () => {
      const incident = await opened(await house.service(policy({ acknowledged_timeout_seconds: 3600 })));
      await untilPaged(incident, ['ann']);
      await house.command(incident, { kind: 'acknowledge' });
      await house.wait('59m');
      expect(await paged(incident)).toEqual(['ann']);
      await house.wait('2m');
      await untilPaged(incident, ['ann', 'ann']);
      expect(await house.incident(incident)).toMatchObject({ status: 'TRIGGERED' });
    });

    it('passes over an empty level at once, and over one that cannot be reached', async () => {
      const nobody = await house.seed.user({ username: 'nobody', email: null });
      const levels = [
        { targets: [], delay_seconds: 3600 },
        { targets: [user(nobody)], delay_seconds: 3600 },
        { targets: [user(bob)], delay_seconds: 3600 },
      ];
      const incident = await opened(await house.service(policy({ levels })));
      await untilPaged(incident, ['bob']);
    });

    it('starts again from the first level when the severity gets worse, even when acknowledged', async () => {
      const incident = await opened(await house.service(policy()), { severity: 'SEV3_MEDIUM' });
      await untilPaged(incident, ['ann']);
      await house.command(incident, { kind: 'acknowledge' });
      await house.command(incident, { kind: 'change_severity', severity: 'SEV1_CRITICAL' });
      await untilPaged(incident, ['ann', 'ann']);
      await house.wait('31m');
      await untilPaged(incident, ['ann', 'ann', 'bob']);
    });

    it('pages the next level when somebody asks for it', async () => {
      const incident = await opened(await house.service(policy()));
      await untilPaged(incident, ['ann']);
      await house.command(incident, { kind: 'escalate' });
      await untilPaged(incident, ['ann', 'bob']);
    });

    it('takes a repeated command once', async () => {
      const incident = await opened(await house.service(policy()));
      const id = crypto.randomUUID();
      const first = await house.command(incident, { kind: 'comment', text: 'Looking' }, { id });
      expect(await house.command(incident, { kind: 'comment', text: 'Looking' }, { id })).toEqual(first);
      expect((await house.timeline(incident)).filter(({ type }) => type === 'COMMENT_ADDED')).toHaveLength(1);
    });

    it('tries the next way to a person when one fails for good, and says so', async () => {
      const mail = house.mailProviderId;
      const carl = await house.person('carl', {
        contactMethods: [
          { provider_id: mail, address: 'gone@example.com', severities: [] },
          { provider_id: mail, address: 'carl@example.com', severities: ['SEV1_CRITICAL'] },
        ],
      });
      house.mailbox.refuse = (to) => (to === 'gone@example.com' ? '550 5.1.1 no such user' : null);
      const incident = await opened(await house.service(policy({ levels: [{ targets: [user(carl)], delay_seconds: 600 }] })));
      await untilPaged(incident, ['carl']);
      await house.untilSaid(incident, 'ALERT_SENT');
      const { pages } = await house.explain(incident);
      expect(pages.filter(({ who }) => who === 'carl').map(({ outcome, by }) => `${outcome} ${by}`)).toEqual([
        'failed Mail (gone@example.com)',
        'sent Mail (carl@example.com)',
      ]);
    });

    it('keeps trying while a provider is away for a while, and sends once', async () => {
      let refusals = 2;
      house.mailbox.refuse = () => (refusals-- > 0 ? '450 4.2.0 try later' : null);
      const incident = await opened(await house.service(policy()));
      await house.wait('1m');
      await untilPaged(incident, ['ann']);
      await house.untilSaid(incident, 'ALERT_SENT');
      const { rows } = await house.database.pool.query(
        `select state from deliveries where incident_id = $1 and purpose = 'page' order by attempt`,
        [incident],
      );
      expect(rows.map(({ state }) => state)).toEqual(['failed', 'failed', 'sent']);
    });
  });

  describe('the end of an incident', () => {
    it('comes at once with the last alert, where the service says so', async () => {
      const service = await house.service(policy(), { autoResolve: 'at_once' });
      const incident = await opened(service, { fingerprint: 'a' });
      await house.fire(service, { fingerprint: 'b' });
      await untilPaged(incident, ['ann']);
      await house.end(service, { fingerprint: 'a' });
      await house.untilSaid(incident, 'COMMENT_ADDED');
      expect(await house.incident(incident)).toMatchObject({ status: 'TRIGGERED' });
      await house.end(service, { fingerprint: 'b' });
      await house.untilStatus(incident, 'RESOLVED');
      expect((await house.timeline(incident)).map(({ message }) => message)).toContain('Alert resolved by monitoring');
      await house.wait('24h');
      expect((await paged(incident)).filter((who) => who !== 'ann')).toEqual([]);
    });

    it('is left to people, where the service says so', async () => {
      const service = await house.service(policy(), { autoResolve: 'off' });
      const incident = await opened(service);
      await untilPaged(incident, ['ann']);
      await house.end(service);
      await house.untilSaid(incident, 'COMMENT_ADDED');
      await house.wait('31m');
      await untilPaged(incident, ['ann', 'bob']);
      expect(await house.command(incident, { kind: 'resolve' })).toEqual({ outcome: 'applied', message: 'Resolved' });
      expect(await house.incident(incident)).toMatchObject({ status: 'RESOLVED' });
      await house.until('nobody is left to be told', async () => (await house.incident(incident))['due_at'] === null);
    });

    it('comes after the quiet time, unless an alert fires in it', async () => {
      const service = await house.service(policy({ levels: [{ targets: [user(ann)], delay_seconds: 86_400 }] }), {
        autoResolve: 'quiet',
        quietSeconds: 600,
      });
      const incident = await opened(service, { start: 0 });
      await house.end(service, { start: 0 });
      await house.untilSaid(incident, 'COMMENT_ADDED');
      await house.wait('9m');
      await house.fire(service, { start: 100 });
      await house.until(
        'the second alert',
        async () => (await house.timeline(incident)).filter(({ type }) => type === 'ALERT_RECEIVED').length === 2,
      );
      await house.wait('9m');
      await house.end(service, { start: 100 });
      await house.until(
        'the second end',
        async () => (await house.timeline(incident)).filter(({ type }) => type === 'COMMENT_ADDED').length === 2,
      );
      await house.wait('9m');
      expect(await house.incident(incident)).toMatchObject({ status: 'TRIGGERED' });
      await house.wait('2m');
      await house.untilStatus(incident, 'RESOLVED');
    });
  });
});
