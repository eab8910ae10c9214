import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditorPace, type Auditor } from '../../src/auditor/auditor.ts';
import type { AuditorPace } from '../../src/auditor/deps.ts';
import { incidentWorkflowId } from '../../src/contract/names.ts';
import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';
import { startHouse, type House } from '../support/house.ts';
import { startAuditorOf } from './start-auditor.ts';

/** `IMAS_AUDIT_REAL=1 npx vitest run test/auditor` lives through the real intervals: some five minutes. */
const isReal = process.env['IMAS_AUDIT_REAL'] === '1';
const pace: AuditorPace = isReal
  ? auditorPace
  : { everyMs: 600, limits: { ...auditorPace.limits, graceMs: 3_000, helpMs: 3_000, orderMs: 1_000 } };
/** What is promised: help or a page within this time of the fault. */
const promisedMs = isReal ? 120_000 : 25_000;
const testMs = 3 * promisedMs;

let house: House;
let auditor: Auditor;
let deadman: Server;
const pings: number[] = [];
let policy: PolicyDocument;

beforeAll(async () => {
  house = await startHouse({ clock: 'real' });
  const [ann, bob, chief] = [await house.person('ann'), await house.person('bob'), await house.person('chief')];
  policy = {
    levels: [
      { targets: [{ type: 'user', id: ann }], delay_seconds: isReal ? 40 : 5 },
      { targets: [{ type: 'user', id: bob }], delay_seconds: 3600 },
    ],
    repeat: 0,
    fallback: [{ type: 'user', id: chief }],
    acknowledged_timeout_seconds: 0,
  };
  deadman = createServer((_, response) => {
    pings.push(Date.now());
    response.end();
  }).listen(0, '127.0.0.1');
  await once(deadman, 'listening');
  auditor = start();
});

afterAll(async () => {
  await auditor.stop();
  deadman.close();
  await house.stop();
});

const start = (): Auditor =>
  startAuditorOf(house, pace, { deadmanUrl: `http://127.0.0.1:${(deadman.address() as AddressInfo).port}/ping` });

const all = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

/** Opens incidents of which the first level has been told. */
const opened = (count: number, service: string): Promise<string[]> =>
  all(count, async (index) => {
    const { incidentId } = await house.fire(service, { name: `Alert ${service} ${index}` });
    await house.untilSaid(incidentId as string, 'ALERT_SENT');
    return incidentId as string;
  });

const mailsAbout = async (incidentId: string, to: string) => {
  const { short_id: shortId } = await house.incident(incidentId);
  return house.mailbox.to(`${to}@example.com`).filter(({ subject }) => subject.includes(String(shortId)));
};
const untilTold = (incidentIds: readonly string[], who: string): Promise<unknown> =>
  Promise.all(
    incidentIds.map((id) => house.until(`${who} is told of ${id}`, async () => (await mailsAbout(id, who)).length > 0, promisedMs)),
  );
const terminate = (incidentId: string) => house.environment.client.workflow.getHandle(incidentWorkflowId(incidentId)).terminate('trial');
const findings = async (): Promise<number> => (await house.database.pool.query('select from audit_findings')).rowCount ?? 0;
const untilWell = () => house.until('nothing is amiss', async () => (await findings()) === 0, promisedMs);

describe('incidents that Temporal forgot', () => {
  it(
    'goes on with those whose workflow was terminated, and pages nobody twice',
    async () => {
      const incidents = await opened(15, await house.service(policy));
      await Promise.all(incidents.map(terminate));
      await untilTold(incidents, 'bob');
      for (const incident of incidents) {
        expect(await mailsAbout(incident, 'ann')).toHaveLength(1);
        expect(await mailsAbout(incident, 'bob')).toHaveLength(1);
        expect(await mailsAbout(incident, 'chief')).toHaveLength(0);
      }
      await untilWell();
    },
    testMs,
  );

  it(
    'begins those whose workflow was never started',
    async () => {
      const service = await house.service(policy);
      const incidents = await all(10, async () => {
        const id = randomUUID();
        await house.database.pool.query(
          `insert into incidents (id, title, severity, service_id, origin, policy_id, policy_version)
         select $1, 'Lost', 'SEV2_HIGH', s.id, 'person', p.id, p.version from services s join escalation_policies p on p.id = s.escalation_policy_id where s.id = $2`,
          [id, service],
        );
        return id;
      });
      await untilTold(incidents, 'ann');
      for (const incident of incidents) expect(await mailsAbout(incident, 'ann')).toHaveLength(1);
      await untilWell();
    },
    testMs,
  );

  it(
    'goes on telling of the end of those that were resolved before all had been told',
    async () => {
      const [incident] = (await opened(1, await house.service(policy))) as [string];
      house.mailbox.refuse = () => '450 4.2.0 try later';
      await house.command(incident, { kind: 'resolve' });
      const { pool } = house.database;
      const refused = async () =>
        (await pool.query(`select from deliveries where incident_id = $1 and state = 'failed'`, [incident])).rowCount;
      await house.until('the mail is refused', async () => (await refused()) === 1);
      await terminate(incident);
      house.mailbox.refuse = () => null;
      await house.until('ann is told of the end too', async () => (await mailsAbout(incident, 'ann')).length === 2, promisedMs);
      await untilWell();
    },
    testMs,
  );

  it(
    'tells again what was told to a workflow that Temporal lost before it was recorded',
    async () => {
      const service = await house.service(policy);
      const incidents = await opened(5, service);
      const startWorker = await house.stopWorker();
      await Promise.all(
        incidents.map((_, index) =>
          house.fire(service, { name: `Alert ${service} ${index}`, fingerprint: `worse ${index}`, severity: 'SEV1_CRITICAL' }),
        ),
      );
      const waiting = async () => (await house.database.pool.query('select from outbox')).rowCount;
      await house.until('Temporal has been told', async () => (await waiting()) === 0);
      await Promise.all(incidents.map(terminate));
      await startWorker();
      for (const incident of incidents)
        await house.until(
          'the worse alert counts',
          async () => (await house.incident(incident))['severity'] === 'SEV1_CRITICAL',
          promisedMs,
        );
      await untilWell();
    },
    testMs,
  );
});

describe('incidents that cannot be helped', () => {
  it(
    'pages the final fallback for those that stay late, once, and says so',
    async () => {
      const incidents = await opened(
        5,
        await house.service({ ...policy, levels: policy.levels.map((level) => ({ ...level, delay_seconds: 3600 })) }),
      );
      // Its timer is lost in the store's eyes: it was due, and nothing that the workflow does changes that.
      await house.database.pool.query(`update incidents set due_at = now() where id = any($1)`, [incidents]);
      await untilTold(incidents, 'chief');
      for (const incident of incidents) {
        await house.untilSaid(incident, 'COMMENT_ADDED');
        const said = (await house.timeline(incident)).find(({ type }) => type === 'COMMENT_ADDED');
        expect(said?.message).toContain('The auditor notified the final fallback, because its next escalation is overdue: chief');
        expect(await mailsAbout(incident, 'chief')).toHaveLength(1);
        const { rows } = await house.database.pool.query(
          `select state, address from deliveries where incident_id = $1 and purpose = 'audit'`,
          [incident],
        );
        expect(rows).toEqual([{ state: 'sent', address: 'chief@example.com' }]);
      }
      await house.database.pool.query(`update incidents set due_at = now() + interval '1 hour' where id = any($1)`, [incidents]);
      await untilWell();
    },
    testMs,
  );

  it(
    'pages it while no worker polls, and keeps quiet towards the dead-man URL until all is well again',
    async () => {
      await house.until('a ping while all is well', async () => pings.length > 0, promisedMs);
      const service = await house.service(policy);
      const startWorker = await house.stopWorker();
      const fired = await all(15, (index) => house.fire(service, { name: `Nobody ${index}` }));
      const incidents = fired.map(({ incidentId }) => incidentId as string);
      await house.until('it is found', async () => (await findings()) >= 15, promisedMs);
      const pingsThen = pings.length;
      await untilTold(incidents, 'chief');
      expect(pings.length).toBe(pingsThen);
      for (const incident of incidents) expect((await mailsAbout(incident, 'chief'))[0]?.text).toContain('its workflow has not started');
      await startWorker();
      await untilTold(incidents, 'ann');
      for (const incident of incidents) {
        await house.untilSaid(incident, 'COMMENT_ADDED');
        expect(await mailsAbout(incident, 'chief')).toHaveLength(1);
      }
      await untilWell();
      await house.until('pings again', async () => pings.length > pingsThen, promisedMs);
    },
    testMs,
  );
});

describe('two processes', () => {
  it(
    'look as often together as one alone',
    async () => {
      const other = start();
      const { rows: before } = await house.database.pool.query<{ begun_at: Date }>('select begun_at from audit_looks');
      const seen = new Set([before[0]?.begun_at.getTime()]);
      const startedAtMs = Date.now();
      await house.until(
        'some looks',
        async () => {
          const { rows } = await house.database.pool.query<{ begun_at: Date }>('select begun_at from audit_looks');
          return seen.add(rows[0]?.begun_at.getTime()).size >= 4;
        },
        promisedMs,
      );
      expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(2 * 0.9 * pace.everyMs);
      await other.stop();
    },
    testMs,
  );
});
