import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';
import type { Mail } from '../support/mailbox.ts';
import { startHouse, type House } from '../support/house.ts';
import { rearm } from './rearm.ts';

/**
 * Everything stops, Temporal is lost, and the database lives on. Every open incident is armed again from what the store
 * knows of it.
 */
describe('after Temporal was lost', () => {
  let house: House;
  const incidents: Record<string, string> = {};
  const before: Record<string, Record<string, unknown>> = {};
  const told = (name: string): string[] => {
    const shortId = String(before[name]?.['short_id']);
    return house.mailbox.mails
      .filter(({ subject }: Mail) => subject.includes(shortId))
      .map(({ to }) => to.join().replace('@example.com', ''));
  };

  beforeAll(async () => {
    const old = await startHouse();
    const ids = Object.fromEntries(
      await Promise.all(['ann', 'bob', 'cat', 'eve'].map(async (name) => [name, await old.person(name)] as const)),
    ) as Record<'ann' | 'bob' | 'cat' | 'eve', string>;
    const user = (name: keyof typeof ids) => ({ type: 'user', id: ids[name] }) as const;
    const policy = (first: keyof typeof ids, more: Partial<PolicyDocument> = {}): PolicyDocument => ({
      levels: [
        { targets: [user(first)], delay_seconds: 1800 },
        { targets: [user('bob')], delay_seconds: 1800 },
      ],
      repeat: 0,
      fallback: [user('eve')],
      acknowledged_timeout_seconds: 0,
      ...more,
    });
    const open = async (name: string, document: PolicyDocument): Promise<string> => {
      const { incidentId } = await old.fire(await old.service(document), { name });
      incidents[name] = incidentId as string;
      return incidents[name];
    };
    old.mailbox.refuse = (to) => (to.startsWith('cat') ? '450 4.2.0 try later' : null);

    await old.untilSaid(await open('triggered', policy('ann')), 'ALERT_SENT');
    await old.untilSaid(await open('acknowledged', policy('ann')), 'ALERT_SENT');
    await old.command(incidents['acknowledged'] as string, { kind: 'acknowledge' });
    await old.untilSaid(await open('forgotten', policy('ann', { acknowledged_timeout_seconds: 3600 })), 'ALERT_SENT');
    await old.command(incidents['forgotten'] as string, { kind: 'acknowledge' });
    await old.untilSaid(await open('resolved', policy('ann')), 'ALERT_SENT');
    await old.command(incidents['resolved'] as string, { kind: 'resolve' });
    await old.until('the notice that it is over', async () => {
      const { rowCount } = await old.database.pool.query(
        `select 1 from deliveries where incident_id = $1 and purpose = 'notice' and state = 'sent'`,
        [incidents['resolved']],
      );
      return rowCount === 1;
    });
    await old.untilSaid(await open('sent but not noted', policy('ann')), 'ALERT_SENT');
    const pending = await open('page pending', policy('cat'));
    await old.until('a first try', async () => {
      const { rowCount } = await old.database.pool.query(`select 1 from deliveries where incident_id = $1 and state = 'failed'`, [pending]);
      return rowCount === 1;
    });
    const left = await old.leave();
    // The mail was sent and the ledger knows it, but the run was lost before it heard of that.
    await left.database.pool.query(
      `update incidents set state = jsonb_set(state, '{pages}', (
         select jsonb_agg(page || '{"outcome": "pending"}') from jsonb_array_elements(state->'pages') page)) where id = $1`,
      [incidents['sent but not noted']],
    );
    left.mailbox.refuse = () => null;
    house = await startHouse({ after: left });
    for (const [name, id] of Object.entries(incidents)) before[name] = await house.incident(id);
    const { rows } = await house.database.pool.query<{ id: string }>(`select id from incidents where status <> 'RESOLVED'`);
    await Promise.all(rows.map(({ id }) => rearm(house.database.pool, id)));
    await house.untilSaid(pending, 'ALERT_SENT');
  });
  afterAll(() => house.stop());

  it('sends what had not been sent', () => {
    expect(told('page pending')).toEqual(['cat']);
  });

  it('pages nobody again who had been paged, and leaves alone what is acknowledged or resolved', async () => {
    await house.wait('25m');
    for (const name of ['triggered', 'acknowledged', 'forgotten', 'sent but not noted'])
      expect([name, told(name)]).toEqual([name, ['ann']]);
    // Once that it fires, once that it is over.
    expect(told('resolved')).toEqual(['ann', 'ann']);
    expect(await house.incident(incidents['acknowledged'] as string)).toMatchObject({ status: 'ACKNOWLEDGED', acknowledged_by: 'Ann' });
  });

  it('goes on with the ladder at the time that had been set', async () => {
    await house.wait('6m');
    for (const name of ['triggered', 'page pending', 'sent but not noted']) {
      await house.until(`bob told of ${name}`, async () => told(name).includes('bob'));
      const { rows } = await house.database.pool.query<{ timestamp: Date }>(
        `select timestamp from timeline_entries where incident_id = $1 and type = 'ESCALATED'`,
        [incidents[name]],
      );
      const { due_at: dueAt } = before[name] as { due_at: Date };
      expect(rows).toHaveLength(1);
      expect(Math.abs((rows[0]?.timestamp.getTime() ?? 0) - dueAt.getTime())).toBeLessThan(2_000);
    }
  });

  it('does not forget that an acknowledgement runs out', async () => {
    await house.wait('30m');
    await house.until('ann told again', async () => told('forgotten').length === 2);
    expect(told('forgotten')).toEqual(['ann', 'ann']);
    expect(told('acknowledged')).toEqual(['ann']);
    expect(told('resolved')).toEqual(['ann', 'ann']);
  });
});
