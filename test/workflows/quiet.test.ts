import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Severity } from '../../src/domain/vocabulary.ts';
import { startHouse, type House } from '../support/house.ts';

/** Incidents that are recorded without telling anybody, and impact scopes that people add. */
let house: House;
let ann: string;
let people = 0;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.stop());

async function recorded(severity: Severity = 'SEV3_MEDIUM'): Promise<{ id: string; mail: string }> {
  people += 1;
  const name = `ann${people}`;
  ann = await house.person(name);
  const target = [{ type: 'user', id: ann }] as const;
  const policy = { levels: [{ targets: target, delay_seconds: 600 }], repeat: 0, fallback: target, acknowledged_timeout_seconds: 600 };
  const serviceId = await house.service(policy);
  const scope = await house.scope(`Security ${people}`, [`ciso${people}@example.com`]);
  const { id } = await house.incidents.open({
    id: crypto.randomUUID(),
    title: 'Power cut',
    description: '',
    serviceId,
    severity,
    impactScopeIds: [scope.id],
    assigneeId: ann,
    isQuiet: true,
    actor: { type: 'user', id: null, name: 'Bob', via: 'api' },
  });
  await house.untilSaid(id, 'INCIDENT_OPENED');
  return { id, mail: `${name}@example.com` };
}
const mailsTo = (address: string): number => house.mailbox.to(address).length;
const deliveriesOf = async (id: string): Promise<number | null> =>
  (await house.database.pool.query('select from deliveries where incident_id = $1', [id])).rowCount;

describe('an incident that is recorded quietly', () => {
  it('tells nobody of its opening, its comments, its acknowledgement and its end; its timeline says who recorded it', async () => {
    const { id } = await recorded('SEV1_CRITICAL');
    await house.command(id, { kind: 'comment', text: 'For the record' });
    await house.command(id, { kind: 'acknowledge' });
    await house.wait('24h');
    expect(await house.incident(id)).toMatchObject({ status: 'ACKNOWLEDGED' });
    await house.command(id, { kind: 'resolve' });
    await house.command(id, { kind: 'reopen' });
    await house.wait('24h');
    expect(await house.incident(id)).toMatchObject({ status: 'TRIGGERED', due_at: null });
    const said = await house.timeline(id);
    expect(said[0]?.message).toBe('Recorded by Bob without notifying anyone: Power cut');
    expect(said.map(({ type }) => type)).not.toContain('ALERT_SENT');
    expect(said.map(({ type }) => type).filter((type) => type.startsWith('WAR_ROOM'))).toEqual([]);
    expect(await deliveriesOf(id)).toBe(0);
  });

  it('pages as a new one when somebody escalates it', async () => {
    const { id, mail } = await recorded();
    await house.wait('1h');
    expect(mailsTo(mail)).toBe(0);
    await house.command(id, { kind: 'escalate' });
    expect((await house.mailbox.nth(1, mail)).subject).toContain('New incident');
    expect((await house.mailbox.nth(1, `ciso${people}@example.com`)).subject).toContain('New incident');
  });

  it('pages when it gets worse, also where somebody has it', async () => {
    const { id, mail } = await recorded();
    await house.command(id, { kind: 'change_severity', severity: 'SEV4_LOW' });
    await house.command(id, { kind: 'acknowledge' });
    await house.wait('1h');
    expect(mailsTo(mail)).toBe(0);
    await house.command(id, { kind: 'change_severity', severity: 'SEV2_HIGH' });
    await house.mailbox.nth(1, mail);
  });
});

it('an impact scope that is added is told at once, once, and the timeline says who added it', async () => {
  const { id } = await recorded();
  const legal = await house.scope('Legal', ['dpo@example.com']);
  expect(await house.command(id, { kind: 'add_scopes', scopes: [legal] }, { by: 'Bob' })).toEqual({
    outcome: 'applied',
    message: 'Impact scope added: Legal',
  });
  const mail = await house.mailbox.nth(1, 'dpo@example.com');
  expect(mail.subject).toContain('Impact scope added by Bob');
  expect(mail.text).toContain('impact scope Legal');
  expect((await house.timeline(id)).map(({ message }) => message)).toContain('Bob added the impact scope Legal');
  expect((await house.incident(id))['impact_scope_ids']).toContain(legal.id);
  expect(await house.command(id, { kind: 'add_scopes', scopes: [legal] })).toEqual({
    outcome: 'refused',
    message: 'Already has the impact scope Legal.',
  });
  await house.wait('1h');
  expect(mailsTo('dpo@example.com')).toBe(1);
  expect(mailsTo(`ciso${people}@example.com`)).toBe(0);
});
