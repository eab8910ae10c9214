import { afterAll, beforeAll, expect, it } from 'vitest';
import pino from 'pino';
import { archiveOnce, startArchiver, type ArchiverDeps } from '../../src/archive/archiver.ts';
import { compareTimeline } from '../../src/archive/compare-timeline.ts';
import { runsOfResolved } from '../../src/archive/find-closed-runs.ts';
import { archivedRuns } from '../../src/archive/incident-runs.ts';
import { replayBundle, replayRuns } from '../../src/archive/replay.ts';
import { verifyChain } from '../../src/archive/verify.ts';
import { incidentWorkflowId } from '../../src/contract/names.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { startHouse, type House } from '../support/house.ts';

let house: House;
let deps: ArchiverDeps;
let serviceId: string;
const secret = 'a-password-that-nobody-may-read';

beforeAll(async () => {
  house = await startHouse({ clock: 'real', eventLimit: 12 });
  const secrets = createSecretBox({ key: 'a key for the tests alone', oldKeys: [] });
  deps = { pool: house.database.pool, client: house.environment.client, secrets, log: pino({ level: 'silent' }) };
  const ann = await house.person('ann');
  const user = { type: 'user', id: ann } as const;
  serviceId = await house.service({
    levels: [{ targets: [user], delay_seconds: 600 }],
    repeat: 0,
    fallback: [user],
    acknowledged_timeout_seconds: 0,
  });
});
afterAll(() => house.stop());

/** A whole life: opened, acknowledged, resolved, reopened by a person, resolved again. */
async function live(fingerprint: string): Promise<string> {
  const { incidentId } = await house.fire(serviceId, { name: fingerprint });
  const incident = incidentId as string;
  await house.untilSaid(incident, 'ALERT_SENT');
  await house.command(incident, { kind: 'acknowledge' });
  await house.command(incident, { kind: 'resolve' });
  await ended(incident);
  await house.command(incident, { kind: 'reopen' });
  await house.untilStatus(incident, 'TRIGGERED');
  await house.command(incident, { kind: 'resolve' });
  await ended(incident);
  return incident;
}

async function ended(incident: string): Promise<void> {
  const handle = house.environment.client.workflow.getHandle(incidentWorkflowId(incident));
  await house.until('the end of the run', async () => (await handle.describe()).status.name !== 'RUNNING');
}

async function closedRunIds(incident: string): Promise<string[]> {
  const ids: string[] = [];
  const query = `WorkflowId = '${incidentWorkflowId(incident)}' AND ExecutionStatus != 'Running'`;
  for await (const { runId } of house.environment.client.workflow.list({ query })) ids.push(runId);
  return ids.toSorted();
}

const archivedIds = async (incident: string): Promise<string[]> =>
  (await archivedRuns(house.database.pool, incident)).map(({ run }) => run.runId).toSorted();

/** Every run of the incident, the one that was reopened and those continued as new ones. */
async function untilAllArchived(incident: string): Promise<void> {
  await house.until('all runs in the archive', async () => {
    await archiveOnce(deps);
    const closed = await closedRunIds(incident);
    return closed.length >= 3 && JSON.stringify(await archivedIds(incident)) === JSON.stringify(closed);
  });
}

it('keeps every run of an incident, once, as Temporal had it', async () => {
  const incident = await live('kept');
  await untilAllArchived(incident);
  expect(await archiveOnce(deps)).toEqual({ archived: 0, complete: true });
  const kept = await archivedRuns(house.database.pool, incident);
  expect(kept.every(({ intact }) => intact)).toBe(true);
  expect(kept.map(({ run }) => run.link?.status)).toContain('continued_as_new');
  expect(kept.filter(({ run }) => run.link?.status === 'completed')).toHaveLength(2);
  for (const { run } of kept) {
    const { events } = await house.environment.client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
    expect((run.history as { events: unknown[] }).events).toHaveLength(events?.length ?? 0);
  }
  expect((await verifyChain(deps)).findings).toEqual([]);
});

it('replays what it kept, and finds the timeline as it was written', async () => {
  const incident = await live('replayed');
  await untilAllArchived(incident);
  const runs = (await archivedRuns(house.database.pool, incident)).map(({ run }) => run);
  const entries = [];
  for await (const result of replayRuns(runs, await replayBundle())) {
    expect(result.differences).toEqual([]);
    entries.push(...result.entries);
  }
  expect(entries.map(({ sequence }) => sequence)).toEqual((await house.timeline(incident)).map((_, index) => index + 1));
  expect(await compareTimeline(house.database.pool, incident, entries)).toEqual([]);
  await house.database.pool.query(`update timeline_entries set message = 'Nothing happened' where incident_id = $1 and sequence = 2`, [
    incident,
  ]);
  expect(await compareTimeline(house.database.pool, incident, entries)).toEqual([
    'entry 2 of the timeline has another message than it was written with',
  ]);
});

it('finds a resolved incident by the store, whether or not Temporal lists it', async () => {
  const { incidentId } = await house.fire(serviceId, { name: 'unlisted' });
  const incident = incidentId as string;
  await house.untilSaid(incident, 'ALERT_SENT');
  const found = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { workflowId } of runsOfResolved(deps, new Date(0))) ids.push(workflowId);
    return ids;
  };
  expect(await found()).not.toContain(incidentWorkflowId(incident));
  await house.command(incident, { kind: 'resolve' });
  await ended(incident);
  expect(await found()).toContain(incidentWorkflowId(incident));
  await archiveOnce(deps);
  expect(await found()).not.toContain(incidentWorkflowId(incident));
});

it('loses nothing when it is cut off again and again, and two of them do not get in each other’s way', async () => {
  const incidents = await Promise.all(['cut-1', 'cut-2', 'cut-3', 'cut-4'].map(live));
  let cuts = 0;
  const archivers = [startArchiver(deps, 20), startArchiver(deps, 20)];
  // Whoever holds the archive's locks loses the connection there and then.
  await house.until('twenty cuts', async () => {
    const { rowCount } = await house.database.pool
      .query(
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
and objid in (4970301, 4970302) and pid <> pg_backend_pid()`,
      )
      .catch(() => ({ rowCount: 0 }));
    cuts += rowCount ?? 0;
    return cuts >= 20;
  });
  await house.until('everything in the archive', async () => {
    const kept = await Promise.all(
      incidents.map(async (incident) => JSON.stringify(await archivedIds(incident)) === JSON.stringify(await closedRunIds(incident))),
    );
    return kept.every(Boolean);
  });
  await Promise.all(archivers.map((archiver) => archiver.stop()));
  expect((await verifyChain(deps)).findings).toEqual([]);
});

it('asks no more for a run that Temporal does not have', async () => {
  const incident = crypto.randomUUID();
  await house.database.pool.query(
    `insert into incidents (id, title, severity, status, service_id, origin, policy_id, policy_version, resolved_at)
     select $1, 'Lost', 'SEV3_MEDIUM', 'RESOLVED', id, 'person', escalation_policy_id, 1, now() from services where id = $2`,
    [incident, serviceId],
  );
  expect((await archiveOnce(deps)).complete).toBe(true);
  const { rowCount } = await house.database.pool.query('select 1 from archive_absences where incident_id = $1', [incident]);
  expect(rowCount).toBe(1);
});

it('holds no secret', async () => {
  const mail = await house.seed.provider({
    name: 'Mail with a password',
    type: 'SMTP',
    config: { ...house.mailbox.providerConfig, username: 'imas', password: secret },
  });
  const hook = await house.seed.provider({ name: 'Hook', type: 'WEBHOOK', config: { url: `http://127.0.0.1:9/${secret}`, secret } });
  const eve = await house.person('eve', {
    contactMethods: [mail, hook].map((id) => ({ provider_id: id, address: 'eve@example.com', severities: [] })),
  });
  const user = { type: 'user', id: eve } as const;
  const service = await house.service({
    levels: [{ targets: [user], delay_seconds: 600 }],
    repeat: 0,
    fallback: [user],
    acknowledged_timeout_seconds: 0,
  });
  const incident = (await house.fire(service)).incidentId as string;
  await house.until('a first try', async () => {
    const { rowCount } = await house.database.pool.query(`select 1 from deliveries where incident_id = $1 and state <> 'sending'`, [
      incident,
    ]);
    return (rowCount ?? 0) > 0;
  });
  await house.command(incident, { kind: 'acknowledge' });
  await house.command(incident, { kind: 'resolve' });
  await house.environment.client.workflow.getHandle(incidentWorkflowId(incident)).terminate('seen enough');
  await house.until('its run in the archive', async () => {
    await archiveOnce(deps);
    return (await archivedIds(incident)).length > 0;
  });
  for (const { run } of await archivedRuns(house.database.pool, incident)) {
    const text = decoded(run.history);
    expect(text).toContain(eve);
    expect(text).not.toContain(secret);
  }
});

/** The history with its payloads, which are base64, in plain. */
function decoded(value: unknown): string {
  if (typeof value === 'string') return `${value} ${Buffer.from(value, 'base64').toString('utf8')}\n`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(decoded).join('');
}
