import { afterAll, beforeAll, expect, test } from 'vitest';
import project from '../../package.json' with { type: 'json' };
import { imas } from '../support/imas.ts';
import { Mailbox } from '../support/mailbox.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

let database: TestDatabase;
let mailbox: Mailbox;
let shortIds: readonly string[];
let settings: Readonly<Record<string, string>>;
beforeAll(async () => {
  [database, mailbox] = await Promise.all([createTestDatabase(), Mailbox.start()]);
  const seed = createSeed(database.pool);
  await seed.user({ username: 'ann', name: 'Ann', email: 'ann@example.com' });
  await seed.provider({ name: 'Mail', type: 'SMTP', config: mailbox.providerConfig });
  const policyId = await seed.policy({ document: { levels: [], repeat: 0, fallback: [], acknowledged_timeout_seconds: 0 } });
  const serviceId = await seed.service({ name: 'shop', policyId });
  const { rows } = await database.pool.query<{ short_id: string }>(
    `insert into incidents (id, title, severity, status, acknowledged_by, service_id, origin, policy_id, policy_version)
     select gen_random_uuid(), title, severity, status, by, $1, 'person', $2, 1 from (values
       ('Taken', 'SEV1_CRITICAL', 'ACKNOWLEDGED', 'Bob'), ('Slow', 'SEV3_MEDIUM', 'TRIGGERED', null), ('Down', 'SEV2_HIGH', 'TRIGGERED', null),
       ('Over', 'SEV1_CRITICAL', 'RESOLVED', null)) as i(title, severity, status, by) returning short_id`,
    [serviceId, policyId],
  );
  shortIds = rows.map(({ short_id }) => short_id);
  settings = {
    DATABASE_URL: database.url,
    IMAS_SECRET_KEY: 'a key for the tests alone',
    IMAS_EGRESS_ALLOW: '127.0.0.0/8',
  };
});
afterAll(async () => {
  await mailbox.stop();
  await database.close();
});

test('imas --version says which it is', async () => {
  expect(await imas(['--version'])).toEqual({ code: 0, stdout: `${project.version}\n`, stderr: '' });
});

test('imas incidents lists what is open, what nobody has acknowledged first', async () => {
  const [taken, slow, down] = shortIds;
  const { code, stdout } = await imas(['incidents'], settings);
  expect(code).toBe(0);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    [down, 'SEV2', 'Triggered', '0 min', 'shop', 'Down'],
    [slow, 'SEV3', 'Triggered', '0 min', 'shop', 'Slow'],
    [taken, 'SEV1', 'Acknowledged by Bob', '0 min', 'shop', 'Taken'],
    [''],
  ]);
  const listed = JSON.parse((await imas(['incidents', '--json'], settings)).stdout) as { short_id: string }[];
  expect(listed.map(({ short_id }) => short_id)).toEqual([down, slow, taken]);
});

test('imas ack keeps the acknowledgement, and what cannot be is said in one line', { timeout: 60_000 }, async () => {
  const accepted = await imas(['ack', shortIds[1]!.toLowerCase(), '--as', 'ann'], settings);
  expect(accepted).toEqual({ code: 0, stdout: `${shortIds[1]}: Accepted; takes effect as soon as a worker is available\n`, stderr: '' });
  const { rows } = await database.pool.query('select kind, actor from commands');
  expect(rows).toMatchObject([{ kind: 'acknowledge', actor: { name: 'Ann', via: 'cli' } }]);
  for (const [args, said] of [
    [['ack', 'INC-NOSUCH'], 'There is no incident INC-NOSUCH. "imas incidents" lists those that are open.\n'],
    [['ack', shortIds[2]!, '--as', 'eve'], 'There is no active user "eve".\n'],
    [['test-page', 'eve'], 'There is no active user "eve".\n'],
  ] as const)
    expect(await imas(args, settings)).toEqual({ code: 1, stdout: '', stderr: said });
});

test('imas test-page reaches a person by their ways, and says what became of each', { timeout: 60_000 }, async () => {
  const { code, stdout } = await imas(['test-page', 'Ann'], settings);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^sent {4}Mail \(ann@example\.com\): 250 /)]);
  expect((await mailbox.nth(1, 'ann@example.com')).subject).toBe('[INC-TEST00] Test · SEV4 Low · Test Notification');
  mailbox.refuse = () => '550 5.1.1 no such user';
  const refused = await imas(['test-page', 'ann', '--json'], settings);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    user: 'ann',
    ways: [{ provider: 'Mail', outcome: 'failed', cure: expect.any(String) }],
  });
  expect(refused.stderr).toBe('');
});

test('imas simulate route prints who would be told, and what is wrong with the question', { timeout: 90_000 }, async () => {
  const question = ['simulate', 'route', '--service', 'Shop', '--severity', 'SEV1_CRITICAL', '--at', '2026-11-28T03:00:00Z'];
  const { code, stdout, stderr } = await imas(question, settings);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('SEV1_CRITICAL on shop (no owner team), opened at 2026-11-28T03:00:00.000Z');
  expect(lines[1]).toMatch(/^Escalation policy ".+", version 1\. Nobody acknowledges\.$/);
  expect(lines.slice(2)).toContain('At once, for information');
  expect(JSON.parse((await imas([...question, '--json'], settings)).stdout)).toMatchObject({
    service: { name: 'shop' },
    severity: 'SEV1_CRITICAL',
    steps: [{ on: 'opened' }, { on: 'fallback' }, expect.anything()],
  });
  const wrong = await imas(['simulate', 'route', '--service', 'nothing', '--severity', 'SEV1'], settings);
  expect(wrong).toEqual({ code: 1, stdout: '', stderr: '--service: there is no service "nothing".\n' });
});
