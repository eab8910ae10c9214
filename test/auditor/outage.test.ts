import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Auditor } from '../../src/auditor/auditor.ts';
import type { AuditorPace } from '../../src/auditor/deps.ts';
import { auditLimits } from '../../src/domain/audit.ts';
import type { PolicyDocument } from '../../src/domain/escalation-policy.ts';
import { startHouse, type House } from '../support/house.ts';
import { startAuditorOf } from './start-auditor.ts';

/** A fallback page is promised some 7 s after the fault at this pace. */
const pace: AuditorPace = { everyMs: 600, limits: { ...auditLimits, graceMs: 3_000, helpMs: 3_000, orderMs: 1_000, silentMs: 2_000 } };
const patienceMs = 15_000;

let house: House;
let auditor: Auditor | null = null;
let policy: PolicyDocument;
let startWorker: (() => Promise<void>) | null = null;

beforeAll(async () => {
  house = await startHouse({ clock: 'real' });
  const [ann, chief] = [await house.person('ann'), await house.person('chief')];
  await house.person('admin', { isStaff: true });
  policy = {
    levels: [{ targets: [{ type: 'user', id: ann }], delay_seconds: 3600 }],
    repeat: 0,
    fallback: [{ type: 'user', id: chief }],
    acknowledged_timeout_seconds: 0,
  };
});

afterAll(async () => {
  await auditor?.stop();
  await house.stop();
});

const watch = (): void => {
  auditor = startAuditorOf(house, pace);
};

/** Everything a test left is put right, so that the tests do not disturb each other. */
const around = (test: () => Promise<void>) => async () => {
  try {
    await test();
  } finally {
    await auditor?.stop();
    auditor = null;
    house.mailbox.refuse = () => null;
    if (startWorker !== null) await startWorker();
    startWorker = null;
  }
};

const mailsAbout = async (incidentId: string, to: string) => {
  const { short_id: shortId } = await house.incident(incidentId);
  return house.mailbox.to(`${to}@example.com`).filter(({ subject }) => subject.includes(String(shortId)));
};
const untilTold = (incidentId: string, who: string) =>
  house.until(`${who} is told`, async () => (await mailsAbout(incidentId, who)).length > 0, patienceMs);
const command = (incidentId: string, kind: 'acknowledge' | 'resolve' | 'reopen', waitMs: number) =>
  house.incidents.command({
    id: crypto.randomUUID(),
    incidentId,
    actor: { type: 'user', id: null, name: 'Ann', via: 'api' },
    body: { kind },
    waitMs,
  });
const findings = async () => (await house.database.pool.query('select incident_id, fault from audit_findings')).rows;

const count = async (condition: string, incidentId: string): Promise<number> =>
  (await house.database.pool.query(`select from deliveries where incident_id = $1 and ${condition}`, [incidentId])).rowCount ?? 0;

interface Opened {
  readonly service: string;
  readonly id: string;
}
const fire = async (service: string, alert: Parameters<House['fire']>[1] = {}): Promise<Opened> => ({
  service,
  id: (await house.fire(service, alert)).incidentId as string,
});
const leaveAlone = async (): Promise<void> => {
  startWorker = await house.stopWorker();
};
/** An incident whose first level has been told. */
const told = async (alert: Parameters<House['fire']>[1] = {}): Promise<Opened> => {
  const opened = await fire(await house.service(policy), alert);
  await house.untilSaid(opened.id, 'ALERT_SENT');
  return opened;
};
/** An alert that comes while no worker lives. */
const unheard = async (alert: Parameters<House['fire']>[1] = {}): Promise<Opened> => {
  await leaveAlone();
  return fire(await house.service(policy), alert);
};
/** A first page that its server has put off; then every worker dies. */
const owed = async (): Promise<Opened> => {
  house.mailbox.refuse = () => '450 4.2.0 try later';
  const opened = await fire(await house.service(policy));
  await house.until('a first attempt', async () => (await count(`state = 'failed'`, opened.id)) === 1);
  await leaveAlone();
  house.mailbox.refuse = () => null;
  return opened;
};

describe('while everything else is away, the auditor', () => {
  it(
    'pages the fallback when every worker dies while the first page is still owed',
    around(async () => {
      const { id } = await owed();
      watch();
      await untilTold(id, 'chief');
    }),
    60_000,
  );

  it(
    'pages the fallback for a worse alert of an acknowledged incident while no worker lives',
    around(async () => {
      const { service, id } = await told({ severity: 'SEV3_MEDIUM' });
      expect((await command(id, 'acknowledge', 5_000)).outcome).toBe('applied');
      await leaveAlone();
      const worse = await house.fire(service, { fingerprint: 'another host', severity: 'SEV1_CRITICAL' });
      expect(worse).toEqual({ outcome: 'attached', incidentId: id });
      watch();
      await house.until('it is found', async () => (await findings()).length > 0, patienceMs);
      await untilTold(id, 'chief');
    }),
    60_000,
  );

  it(
    'pages the fallback for what fires after a resolution that no worker has read',
    around(async () => {
      const { service, id } = await told({ severity: 'SEV3_MEDIUM' });
      await leaveAlone();
      expect((await command(id, 'resolve', 0)).outcome).toBe('pending');
      await house.fire(service, { fingerprint: 'another host', severity: 'SEV1_CRITICAL' });
      watch();
      await house.until('it is found', async () => (await findings()).length > 0, patienceMs);
      await untilTold(id, 'chief');
    }),
    60_000,
  );

  it(
    'pages again in the same outage when a SEV1 joins what the fallback was told of as SEV4',
    around(async () => {
      const { service, id } = await unheard({ severity: 'SEV4_LOW' });
      watch();
      await untilTold(id, 'chief');
      await house.fire(service, { fingerprint: 'another host', severity: 'SEV1_CRITICAL' });
      await house.until('chief hears of the SEV1', async () => (await mailsAbout(id, 'chief')).length > 1, patienceMs);
    }),
    60_000,
  );

  it(
    'goes on to the administrators when the fallback refuses for good',
    around(async () => {
      house.mailbox.refuse = (to) => (to.startsWith('chief') ? '550 5.1.1 no such mailbox' : null);
      const { id } = await unheard({ severity: 'SEV1_CRITICAL' });
      watch();
      await house.until('chief is refused', async () => (await count(`purpose = 'audit' and permanent`, id)) === 1, patienceMs);
      await untilTold(id, 'admin');
    }),
    60_000,
  );

  it(
    'does not tell by another way what was acknowledged while the first way was tried',
    around(async () => {
      const dead = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(dead, 'listening');
      const { port } = dead.address() as AddressInfo;
      let calls = 0;
      dead.on('connection', () => (calls += 1));
      const deadSmtp = await house.seed.provider({
        name: `Dead SMTP ${port}`,
        type: 'SMTP',
        config: { host: '127.0.0.1', port, use_tls: false, from_email: 'imas@example.com' },
      });
      const boss = await house.person(`boss-${port}`, {
        contactMethods: [{ provider_id: deadSmtp, address: 'boss@example.com', severities: [] }],
      });
      const { incidentId } = await house.fire(await house.service({ ...policy, fallback: [{ type: 'user', id: boss }] }));
      const id = incidentId as string;
      await house.untilSaid(id, 'ALERT_SENT');
      // It was late; whatever it was late for, it answers by now.
      await house.database.pool.query('update incidents set due_at = now() where id = $1', [id]);
      watch();
      await house.until('the first way is tried', async () => calls === 1, patienceMs);
      expect((await command(id, 'acknowledge', 5_000)).outcome).toBe('applied');
      await house.until('the first way has failed', async () => (await count(`purpose = 'audit' and state = 'failed'`, id)) === 1, 30_000);
      await house.until('nothing is amiss', async () => (await findings()).length === 0, patienceMs);
      dead.close();
      expect((await mailsAbout(id, 'boss')).map(({ subject }) => subject)).toEqual([]);
    }),
    60_000,
  );

  it(
    'tries again when the store stumbled while it paged',
    around(async () => {
      const { id } = await unheard({ severity: 'SEV1_CRITICAL' });
      // Once, one statement finds no free connection, as in a storm (1 s, src/db/database.ts).
      const { pool } = house.database;
      const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
      let stumbled = false;
      pool.query = ((...args: unknown[]) => {
        if (!stumbled && (args[0] as { name?: string } | undefined)?.name === 'provider') {
          stumbled = true;
          return Promise.reject(new Error('timeout exceeded when trying to connect'));
        }
        return query(...args);
      }) as unknown as typeof pool.query;
      try {
        watch();
        await untilTold(id, 'chief');
      } finally {
        pool.query = query as unknown as typeof pool.query;
        expect(stumbled).toBe(true);
      }
    }),
    60_000,
  );

  it(
    'looks though the store’s clock was set back by an hour',
    around(async () => {
      const service = await house.service(policy);
      startWorker = await house.stopWorker();
      // The last look, by the clock of an hour ago that was an hour ahead.
      await house.database.pool.query(
        `insert into audit_looks (begun_at) values (now() + interval '1 hour') on conflict (only_row) do update set begun_at = now() + interval '1 hour'`,
      );
      try {
        const { incidentId } = await house.fire(service, { severity: 'SEV1_CRITICAL' });
        watch();
        await untilTold(incidentId as string, 'chief');
      } finally {
        await house.database.pool.query('delete from audit_looks');
      }
    }),
    60_000,
  );
});

describe('an outage that goes on', () => {
  it(
    'pages the fallback once for a page that stays owed',
    around(async () => {
      const { id } = await owed();
      watch();
      await house.until('chief is told', async () => (await mailsAbout(id, 'chief')).length > 0, 25_000);
      const {
        rows: [was],
      } = await house.database.pool.query('select begun_at from audit_looks');
      // Longer than it takes to find it anew and to page for it.
      await house.until(
        'many more looks',
        async () =>
          (
            await house.database.pool.query(`select from audit_looks where begun_at > $1::timestamptz + interval '12 seconds'`, [
              was.begun_at,
            ])
          ).rowCount === 1,
        25_000,
      );
      expect(await mailsAbout(id, 'chief')).toHaveLength(1);
    }),
    60_000,
  );
  it(
    'pages again for what fires after somebody resolved what the fallback was told of',
    around(async () => {
      const { service, id } = await unheard();
      watch();
      await untilTold(id, 'chief');
      await house.until(
        'it is kept',
        async () =>
          (await house.database.pool.query('select from audit_findings where incident_id = $1 and paged_at is not null', [id])).rowCount ===
          1,
      );
      await command(id, 'resolve', 0);
      await house.fire(service, { fingerprint: 'another host' });
      await house.until('chief hears again', async () => (await mailsAbout(id, 'chief')).length > 1, patienceMs);
    }),
    60_000,
  );
  it(
    'pages for what was reopened after a resolution that no worker has read',
    around(async () => {
      const { id } = await told();
      await leaveAlone();
      await command(id, 'resolve', 0);
      await command(id, 'reopen', 0);
      watch();
      await untilTold(id, 'chief');
    }),
    60_000,
  );
});
