import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { archiveOnce } from '../../src/archive/archiver.ts';
import { archivedRuns } from '../../src/archive/incident-runs.ts';
import { verifyChain } from '../../src/archive/verify.ts';
import { incidentWorkflowId } from '../../src/contract/names.ts';
import { eraseIncident, findIncidentToErase } from '../../src/erasure/erase-incident.ts';
import { erasePerson } from '../../src/erasure/erase-person.ts';
import type { ErasureDeps } from '../../src/erasure/erasure.ts';
import { findPerson } from '../../src/erasure/person.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { startHouse, type House } from '../support/house.ts';
import { imas } from '../support/imas.ts';

const key = 'a key for the tests alone';
const order = { by: 'ops', reason: 'request 17' };
let house: House;
let deps: ErasureDeps;
let dir: string;
let settings: Record<string, string>;
let bob: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imas-erase-'));
  house = await startHouse({ clock: 'real', eventLimit: 12 });
  deps = {
    pool: house.database.pool,
    client: house.environment.client,
    secrets: createSecretBox({ key, oldKeys: [] }),
    log: pino({ level: 'silent' }),
  };
  bob = await house.person('bob', { isStaff: true });
  settings = { DATABASE_URL: house.database.url, TEMPORAL_ADDRESS: house.environment.address, IMAS_SECRET_KEY: key, IMAS_DATA_DIR: dir };
});
afterAll(async () => {
  await house.stop();
  await rm(dir, { recursive: true });
});

const serviceOf = (user: string, reopenWindowSeconds: number): Promise<string> => {
  const target = { type: 'user', id: user } as const;
  const policy = { levels: [{ targets: [target], delay_seconds: 600 }], repeat: 0, fallback: [target], acknowledged_timeout_seconds: 0 };
  return house.service(policy, { reopenWindowSeconds });
};

async function archived(incident: string): Promise<void> {
  await house.until('its last run in the archive', async () => {
    await archiveOnce(deps);
    return (await archivedRuns(house.database.pool, incident)).some(({ run }) => run.link?.status === 'completed');
  });
}

/** Whom it paged acknowledges, somebody comments, and it is resolved and archived. */
async function live(serviceId: string, name: string, by: string, comment: string): Promise<string> {
  const incident = (await house.fire(serviceId, { name })).incidentId as string;
  await house.untilSaid(incident, 'ALERT_SENT');
  await house.command(incident, { kind: 'acknowledge' }, { by });
  await house.command(incident, { kind: 'comment', text: comment }, { by: 'bob' });
  await house.command(incident, { kind: 'resolve' }, { by });
  await archived(incident);
  return incident;
}

/** Everything that the database holds, but what is sealed, packed or named so by the program. */
async function wholeStore(): Promise<string> {
  const { rows } = await house.database.pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname not like 'mikro%'`,
  );
  const texts = await Promise.all(
    rows.map(
      async ({ name }) =>
        (await house.database.pool.query<{ all: string }>(`select coalesce(string_agg(t::text, E'\\n'), '') as all from ${name} t`)).rows[0]
          ?.all ?? '',
    ),
  );
  const runs = await house.database.pool.query<{ incident_id: string }>(
    `select distinct incident_id from archived_runs where status <> 'erasure'`,
  );
  const histories = await Promise.all(runs.rows.map(({ incident_id }) => archivedRuns(house.database.pool, incident_id)));
  const plain = JSON.stringify(histories, (name, value: unknown) =>
    name === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
  );
  return [...texts, plain].join('\n');
}

const temporalHas = async (incident: string): Promise<boolean> => {
  try {
    await house.environment.client.workflow.getHandle(incidentWorkflowId(incident)).describe();
    return true;
  } catch {
    return false;
  }
};

it('erases an incident, from the first question to the last trace', async () => {
  const service = await serviceOf(bob, 0);
  const incident = await live(service, 'SecretProjectDown', 'bob', 'a customer called');
  const shortId = String((await house.incident(incident))['short_id']);

  expect(await imas(['erase', 'incident', shortId, '--reason', 'request 17'], settings)).toMatchObject({
    code: 1,
    stderr: 'Nothing was erased: confirm with --yes.\n',
  });
  const dry = await imas(['erase', 'incident', shortId, '--reason', 'request 17', '--dry-run', '--json'], settings);
  expect(JSON.parse(dry.stdout)).toMatchObject({
    incident: shortId,
    dry_run: true,
    rows: { incidents: 1, alerts: 1 },
    histories: expect.any(Number),
  });
  expect(await wholeStore()).toContain('a customer called');

  const done = await imas(['erase', 'incident', shortId, '--reason', 'request 17', '--by', 'ops', '--yes'], settings);
  expect(done.stdout).toContain(`${shortId} is erased`);
  expect(done.stdout).toContain('Backups made before still hold');
  expect(done.code).toBe(0);
  expect(await wholeStore()).not.toMatch(/a customer called|SecretProjectDown/);
  await house.until('the end of its runs in Temporal', async () => !(await temporalHas(incident)), 60_000);
  expect((await archiveOnce(deps)).archived).toBe(0);

  const audit = await imas(['audit', 'verify'], settings);
  expect(audit.stdout).toMatch(
    /^ERASED {3}link \d+: an incident, the histor.* on \d{4}-\d\d-\d\d by ops: request 17\n\d+ archived runs? checked, \d+ erased, nothing wrong\./,
  );
  expect(audit.code).toBe(0);
  const replay = await imas(['replay', shortId], settings);
  expect(replay).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(`^${shortId} was erased on .* by ops \\(request 17\\): there is no history left to replay`),
  });
  const again = await imas(['erase', 'incident', shortId, '--reason', 'once more', '--yes', '--json'], settings);
  expect(JSON.parse(again.stdout)).toMatchObject({ histories: 0 });
  expect((await verifyChain(deps)).erasures).toHaveLength(1);
}, 300_000);

it('does not erase an incident that is open or may be reopened, nor an unknown one', async () => {
  const service = await serviceOf(bob, 3_600);
  const incident = (await house.fire(service, { name: 'open' })).incidentId as string;
  await house.untilSaid(incident, 'ALERT_SENT');
  await expect(findIncidentToErase(deps.pool, incident)).rejects.toThrow(/is open: resolve it first/);
  await house.command(incident, { kind: 'resolve' });
  await archived(incident);
  await expect(findIncidentToErase(deps.pool, incident)).rejects.toThrow(/can still reopen/);
  await expect(findIncidentToErase(deps.pool, 'INC-ZZZZZZ')).rejects.toThrow('There is no incident INC-ZZZZZZ.');
});

it('ends an erasure that was cut off before Temporal heard of it', async () => {
  const incident = await live(await serviceOf(bob, 0), 'cut', 'bob', 'x');
  const found = await findIncidentToErase(deps.pool, incident);
  const deaf = new Proxy(deps.client.workflowService, {
    get: (service, name) =>
      name === 'deleteWorkflowExecution' ? () => Promise.reject(new Error('killed')) : (Reflect.get(service, name) as unknown),
  });
  const away = new Proxy(deps.client, {
    get: (client, name) => (name === 'workflowService' ? deaf : (Reflect.get(client, name) as unknown)),
  });
  await expect(eraseIncident({ ...deps, client: away }, found, order)).rejects.toThrow('killed');
  expect(await temporalHas(incident)).toBe(true);
  await eraseIncident(deps, await findIncidentToErase(deps.pool, incident), order);
  await house.until('the end of its runs in Temporal', async () => !(await temporalHas(incident)), 60_000);
  expect((await verifyChain(deps)).findings).toEqual([]);
}, 300_000);

it('erases a person everywhere, cut off in the middle too, and what they did replays the same', async () => {
  const ann = await house.seed.user({
    username: 'aarden',
    name: 'Ann Arden',
    email: 'ann.arden@example.com',
    phone: '+33612345678',
    contactMethods: [{ provider_id: house.mailProviderId, address: 'ann@home.example', severities: [] }],
  });
  const service = await serviceOf(ann, 3_600);
  const first = await live(service, 'first', 'Ann Arden', 'Ann Arden, or @aarden, restarted it; ask ann@home.example. Annie knows.');
  await live(service, 'second', 'Ann Arden', 'nothing');
  const shortId = String((await house.incident(first))['short_id']);
  await house.seed.team({ name: 'Platform', members: [ann] });

  const refused = await imas(['erase', 'user', 'aarden', '--reason', 'x', '--yes'], settings);
  expect(refused.stderr).toMatch(/^aarden is still part of escalation policy Policy .*: take them out first\.\n$/);
  await house.database.pool.query(
    `update escalation_policy_versions set document = replace(document::text, $1, $2)::jsonb where position($1 in document::text) > 0`,
    [ann, bob],
  );
  const open = (await house.fire(await serviceOf(bob, 0), { name: 'third' })).incidentId as string;
  await house.untilSaid(open, 'ALERT_SENT');
  await house.command(open, { kind: 'comment', text: 'Ann Arden is on it' }, { by: 'bob' });
  const busy = await imas(['erase', 'user', 'aarden', '--reason', 'x', '--yes'], settings);
  expect(busy.stderr).toContain(
    `incidents that are not over yet: ${String((await house.incident(open))['short_id'])}. Resolve them first.`,
  );
  await house.command(open, { kind: 'resolve' }, { by: 'bob' });
  await archived(open);
  await house.seed.provider({ name: 'Pager of Ann Arden', type: 'WEBHOOK', config: { url: 'http://127.0.0.1:9/' } });

  await expect(
    erasePerson(deps, await findPerson(deps.pool, 'AArden', []), { by: 'ops', reason: 'Ann Arden asked' }, { dry: false }),
  ).rejects.toThrow('would stay in the archive for ever');
  const person = await findPerson(deps.pool, 'AArden', ['Annie']);
  const planned = await erasePerson(deps, person, order, { dry: true });
  expect(planned).toMatchObject({ stillNamedIn: ['provider Pager of Ann Arden'], rows: { incidents: 2, deliveries: expect.any(Number) } });
  expect(planned.histories).toBeGreaterThanOrEqual(3);
  const killed = (): never => {
    throw new Error('killed');
  };
  await expect(erasePerson(deps, person, order, { dry: false, onProgress: killed })).rejects.toThrow('killed');
  expect((await verifyChain(deps)).findings).toEqual([]);

  const done = await imas(
    ['erase', 'user', 'aarden', '--also', 'Annie', '--reason', 'request 17', '--by', 'ops', '--yes', '--json'],
    settings,
  );
  expect(done.code, done.stderr).toBe(0);
  const { pseudonym } = JSON.parse(done.stdout) as { pseudonym: string };
  await house.database.pool.query(`delete from providers where name = 'Pager of Ann Arden'`);
  expect((await wholeStore()).match(/.{0,60}(?:ann arden|aarden|annie|ann\.arden|ann@home|33612345678).{0,60}/gi)).toBe(null);
  expect((await house.timeline(first)).map(({ message }) => message)).toContain(
    `${pseudonym}, or @${pseudonym}, restarted it; ask ${pseudonym}-3. ${pseudonym} knows.`,
  );
  expect(await house.incident(first)).toMatchObject({ status: 'RESOLVED' });
  const { rows } = await house.database.pool.query('select username, email, phone, is_active, contact_methods from users where id = $1', [
    ann,
  ]);
  expect(rows).toEqual([{ username: pseudonym, email: null, phone: null, is_active: false, contact_methods: [] }]);
  expect((await house.database.pool.query('select from team_members where user_id = $1', [ann])).rowCount).toBe(0);
  await house.until('the end of its runs in Temporal', async () => !(await temporalHas(first)), 60_000);

  const replay = await imas(['replay', shortId], settings);
  expect(replay.stdout).toContain('The current code decides the same.');
  expect(replay.stderr).toContain('A person was erased from run');
  expect(replay.code).toBe(0);
  const file = join(dir, 'export.json.gz');
  await imas(['replay', shortId, '--export', file], settings);
  expect((await imas(['replay', file])).stdout).toContain('The current code decides the same.');
  const audit = await imas(['audit', 'verify', '--json'], settings);
  expect(JSON.parse(audit.stdout)).toMatchObject({ whole: true, findings: [] });
}, 300_000);

it('keeps the last active staff user', async () => {
  await expect(erasePerson(deps, await findPerson(deps.pool, 'bob', []), order, { dry: true })).rejects.toThrow(
    'bob is the last active staff user',
  );
});
