import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { archiveOnce } from '../../src/archive/archiver.ts';
import { packHistories, readHistories } from '../../src/archive/histories-file.ts';
import { archivedRuns } from '../../src/archive/incident-runs.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { startHouse, type House } from '../support/house.ts';
import { imas } from '../support/imas.ts';

const key = 'a key for the tests alone';
let house: House;
let incident: string;
let shortId: string;
let dir: string;
let settings: Record<string, string>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imas-replay-'));
  house = await startHouse({ clock: 'real' });
  const user = { type: 'user', id: await house.person('ann') } as const;
  const service = await house.service({
    levels: [{ targets: [user], delay_seconds: 600 }],
    repeat: 0,
    fallback: [user],
    acknowledged_timeout_seconds: 0,
  });
  incident = (await house.fire(service)).incidentId as string;
  await house.untilSaid(incident, 'ALERT_SENT');
  shortId = String((await house.incident(incident))['short_id']);
  settings = { DATABASE_URL: house.database.url, TEMPORAL_ADDRESS: house.environment.address, IMAS_SECRET_KEY: key, IMAS_DATA_DIR: dir };
});
afterAll(async () => {
  await house.stop();
  await rm(dir, { recursive: true });
});

it('replays an incident while it is open, and when it is archived, and its export anywhere', async () => {
  const open = await imas(['replay', shortId.toLowerCase(), '--json'], settings);
  expect(JSON.parse(open.stdout)).toMatchObject({ same: true, runs: [{ archived: null, same: true }], problems: [] });
  expect(open.code).toBe(0);

  await house.command(incident, { kind: 'resolve' });
  const deps = {
    pool: house.database.pool,
    client: house.environment.client,
    secrets: createSecretBox({ key, oldKeys: [] }),
    log: pino({ level: 'silent' }),
  };
  await house.until('the run in the archive', async () => {
    await archiveOnce(deps);
    return (await archivedRuns(house.database.pool, incident)).length === 1;
  });
  const closed = await imas(['replay', incident], settings);
  expect(closed.stdout).toMatch(/^same .*completed .*, link 1\nThe current code decides the same\.\n$/);
  expect(closed.code).toBe(0);

  const file = join(dir, 'export.json.gz');
  expect((await imas(['replay', shortId, '--export', file], settings)).code).toBe(0);
  expect((await imas(['replay', file])).stdout).toContain('The current code decides the same.');

  const [run] = await readHistories(file);
  const text = JSON.stringify(run?.history).replaceAll('"600s"', '"900s"');
  await writeFile(file, packHistories([{ ...run!, history: JSON.parse(text) }]));
  const changed = await imas(['replay', file]);
  expect(changed.stdout).toContain('it waited 900 s; now 600 s');
  expect(changed.stdout).toContain('is not what was archived');
  expect(changed.code).toBe(1);
}, 90_000);

it('says in a line what it cannot replay', async () => {
  expect(await imas(['replay', 'INC-ZZZZZZ'], settings)).toMatchObject({ code: 1, stderr: 'There is no incident INC-ZZZZZZ.\n' });
  expect(await imas(['replay', 'nothing.json'])).toMatchObject({ code: 1, stderr: expect.stringContaining('neither an incident') });
}, 60_000);

it('verifies the archive', async () => {
  const { code, stdout } = await imas(['audit', 'verify', '--json'], settings);
  expect(JSON.parse(stdout)).toMatchObject({ whole: true, links: 1, end_checked: true, findings: [] });
  expect(code).toBe(0);
  await house.database.pool.query('alter table archived_runs disable trigger user');
  await house.database.pool.query('delete from archived_runs');
  const cut = await imas(['audit', 'verify'], settings);
  expect(cut.stdout).toContain('cut off at the end');
  expect(cut.code).toBe(1);
}, 60_000);
