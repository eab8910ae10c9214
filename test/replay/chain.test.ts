import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClosedRun } from '../../src/archive/archived-run.ts';
import { appendRun } from '../../src/archive/chain.ts';
import { verifyChain, type Finding, type VerifyOptions } from '../../src/archive/verify.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const secrets = createSecretBox({ key: 'the key of this installation', oldKeys: [] });
const run = (n: number): ClosedRun => ({
  runId: crypto.randomUUID(),
  workflowId: 'incident/x',
  incidentId: crypto.randomUUID(),
  shortId: 'INC-A1B2C3',
  status: 'completed',
  events: n,
  startedAt: new Date(1_700_000_000_000 + n),
  closedAt: new Date(1_700_000_500_000 + n),
  json: JSON.stringify({ events: [{ eventId: n }] }),
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** As somebody with the database's password, but without the installation's key. */
async function tamper(...statements: string[]): Promise<void> {
  await database.pool.query('alter table archived_runs disable trigger user');
  for (const statement of statements) await database.pool.query(statement);
  await database.pool.query('alter table archived_runs enable trigger user');
}

const verify = (more: Partial<VerifyOptions> = {}) => verifyChain({ pool: database.pool, secrets, ...more });
const problems = async (more: Partial<VerifyOptions> = {}): Promise<string> =>
  (await verify(more)).findings.map(({ sequence, problem }: Finding) => `${sequence ?? 'chain'}: ${problem}`).join('\n');

beforeEach(async () => {
  await tamper('delete from archived_runs', 'delete from archive_head');
  for (let n = 1; n <= 45; n += 1) await appendRun(database.pool, secrets, run(n));
});

describe('the chain of archived runs', () => {
  it('is whole as it was written, and says how far it was walked', async () => {
    const steps: string[] = [];
    const verdict = await verify({ onProgress: (done, total) => steps.push(`${done}/${total}`) });
    expect(verdict).toEqual({ links: 45, erasures: [], erased: 0, head: expect.stringMatching(/^45:[0-9a-f]{64}$/), findings: [] });
    expect(steps.at(-1)).toBe('45/45');
  });

  it('takes a run once, however many bring it at the same time', async () => {
    const one = run(99);
    const added = await Promise.all(Array.from({ length: 4 }, () => appendRun(database.pool, secrets, one)));
    expect(added.filter((link) => link !== null)).toEqual([expect.objectContaining({ sequence: 46 })]);
    const others = await Promise.all([1, 2, 3, 4].map((n) => appendRun(database.pool, secrets, run(n))));
    expect(new Set(others.map((link) => link?.sequence))).toEqual(new Set([47, 48, 49, 50]));
    expect(await problems()).toBe('');
  });

  it('refuses changes by a slip of the hand', async () => {
    for (const statement of ['delete from archived_runs', 'update archived_runs set events = 0', 'truncate archived_runs'])
      await expect(database.pool.query(statement)).rejects.toThrow('append-only');
  });

  it.each([
    [
      'a field',
      `update archived_runs set closed_at = closed_at - interval '1 hour' where sequence = 7`,
      '7: what it says of itself was changed',
    ],
    [
      'a history',
      `update archived_runs set history = (select history from archived_runs where sequence = 8) where sequence = 7`,
      '7: its history was changed',
    ],
    ['a history to rubbish', `update archived_runs set history = 'x' where sequence = 7`, '7: its history cannot be unpacked'],
    ['a link that was taken out', 'delete from archived_runs where sequence = 7', '8: link 7 before it is missing'],
    ['links that were taken out', 'delete from archived_runs where sequence between 21 and 30', '31: links 21 to 30 before it are missing'],
    ['the first one taken out', 'delete from archived_runs where sequence = 1', '2: link 1 before it is missing'],
    [
      'the end cut off',
      'delete from archived_runs where sequence > 40',
      'chain: cut off at the end: the head counts 45 links, the last one is 40',
    ],
    ['everything taken out', 'delete from archived_runs', 'chain: cut off at the end: the head counts 45 links, the last one is 0'],
    ['the head taken away', 'delete from archive_head', 'chain: the sealed head is gone'],
    ['a head of somebody else', `update archive_head set sealed = 'v1.00000000.AAAA.AAAA'`, 'chain: the head could not be read'],
  ])('shows %s', async (_, statement, problem) => {
    await tamper(statement);
    expect(await problems()).toContain(problem);
  });

  it('shows links that changed places', async () => {
    await tamper(
      'update archived_runs set sequence = -1 where sequence = 7',
      'update archived_runs set sequence = 7 where sequence = 8',
      'update archived_runs set sequence = 8 where sequence = -1',
    );
    expect(await problems()).toContain('7: it does not follow from the link before');
  });

  it('shows a chain that was rewritten without the key, hashes and all', async () => {
    const forger = createSecretBox({ key: 'some other passphrase', oldKeys: [] });
    await tamper('delete from archived_runs');
    const { rows } = await database.pool.query<{ sealed: string }>('select sealed from archive_head');
    await database.pool.query('delete from archive_head');
    for (let n = 1; n <= 45; n += 1) await appendRun(database.pool, forger, run(n));
    expect(await problems()).toContain('chain: the head could not be read');
    await database.pool.query('update archive_head set sealed = $1', [rows[0]?.sealed]);
    expect(await problems()).toContain('the chain was rewritten');
  });

  it('shows for ever that it had been cut off when more was added', async () => {
    await tamper('delete from archived_runs where sequence > 40');
    await appendRun(database.pool, secrets, run(50));
    expect(await problems()).toContain('46: links 41 to 45 before it are missing');
    await tamper('delete from archived_runs where sequence > 30', 'delete from archive_head');
    await appendRun(database.pool, secrets, run(51));
    await appendRun(database.pool, secrets, run(52));
    expect(await problems()).toContain("31: when it was added, the chain's end was not in order: the head was gone");
  });

  it('shows by a noted head that all of it was put back to an earlier time', async () => {
    const { rows } = await database.pool.query<{ sealed: string }>('select sealed from archive_head');
    await appendRun(database.pool, secrets, run(46));
    const [sequence, hash] = ((await verify()).head ?? '').split(':');
    const noted = [{ sequence: Number(sequence), hash: hash ?? '' }];
    expect(await problems({ expected: noted })).toBe('');
    await tamper('delete from archived_runs where sequence = 46');
    await database.pool.query('update archive_head set sealed = $1', [rows[0]?.sealed]);
    expect(await problems()).toBe('');
    expect(await problems({ expected: noted })).toBe('46: it was noted once, and is gone');
    await appendRun(database.pool, secrets, run(47));
    expect(await problems({ expected: noted })).toBe('46: its hash is not the one that was noted');
  });

  it('is walked without the key too, but for its end', async () => {
    await tamper('delete from archived_runs where sequence > 40');
    expect(await problems({ secrets: null })).toBe('');
    await tamper('delete from archived_runs where sequence = 3');
    expect(await problems({ secrets: null })).toContain('4: link 3 before it is missing');
  });

  it('goes on under a new key that knows the old one', async () => {
    const renewed = createSecretBox({ key: 'the next key of this installation', oldKeys: ['the key of this installation'] });
    await appendRun(database.pool, renewed, run(46));
    expect(await problems({ secrets: renewed })).toBe('');
  });
});
