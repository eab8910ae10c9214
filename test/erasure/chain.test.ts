import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compress, decompress, linkHash, linkOf, sha256, type ArchivedRow, type ClosedRun } from '../../src/archive/archived-run.ts';
import { appendRun } from '../../src/archive/chain.ts';
import { eraseHistories, WrongKey, type EraseHistories } from '../../src/archive/erase-histories.ts';
import { archivedRuns } from '../../src/archive/incident-runs.ts';
import { verifyChain, type VerifyOptions } from '../../src/archive/verify.ts';
import { inTransaction } from '../../src/db/in-transaction.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const secrets = createSecretBox({ key: 'the key of this installation', oldKeys: [] });
const forger = createSecretBox({ key: 'some other passphrase', oldKeys: [] });
const incidentOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const run = (n: number): ClosedRun => ({
  runId: crypto.randomUUID(),
  workflowId: `incident/${incidentOf(n)}`,
  incidentId: incidentOf(n),
  shortId: 'INC-A1B2C3',
  status: 'completed',
  events: n,
  startedAt: new Date(1_700_000_000_000 + n),
  closedAt: new Date(1_700_000_500_000 + n),
  json: JSON.stringify({ events: [{ eventId: n, by: 'Ann' }] }),
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** As somebody with the database's password, but without the installation's key. */
async function tamper(statement: string, values: unknown[] = []): Promise<void> {
  await database.pool.query('alter table archived_runs disable trigger user');
  await database.pool.query(statement, values);
  await database.pool.query('alter table archived_runs enable trigger user');
}

const by = { by: 'ops', reason: 'request 17' };
const erase = (sequences: number[], rewrite: EraseHistories['rewrite'] = () => null, key = secrets): Promise<number> =>
  inTransaction(database.pool, (client) => eraseHistories(client, key, { erasure: { what: 'incident', ...by }, sequences, rewrite }));
const withoutAnn = (json: string): string => json.replace('Ann', 'erased');
const verify = (more: Partial<VerifyOptions> = {}) => verifyChain({ pool: database.pool, secrets, ...more });
const problems = async (more: Partial<VerifyOptions> = {}): Promise<string> =>
  (await verify(more)).findings.map(({ sequence, problem }) => `${sequence ?? 'chain'}: ${problem}`).join('\n');

beforeEach(async () => {
  await tamper('delete from archived_runs');
  await tamper('delete from archive_head');
  for (let n = 1; n <= 25; n += 1) await appendRun(database.pool, secrets, run(n));
});

describe('an erasure', () => {
  it('is told as such, and leaves the chain whole, its heads noted before too', async () => {
    const [sequence, hash] = ((await verify()).head ?? '').split(':');
    expect(await erase([7, 22])).toBe(2);
    expect(await erase([9], withoutAnn)).toBe(1);
    await appendRun(database.pool, secrets, run(26));
    const expected = [{ sequence: Number(sequence), hash: hash ?? '' }];
    expect(await verify({ expected })).toMatchObject({
      links: 28,
      erased: 3,
      findings: [],
      erasures: [
        { sequence: 26, ...by, runs: [{ sequence: 7, becomes: null }, { sequence: 22 }] },
        { sequence: 27, runs: [{ sequence: 9, becomes: sha256(withoutAnn(run(9).json)) }] },
      ],
    });
    const { rows } = await database.pool.query<{ sequence: string; history: Buffer }>(
      'select sequence, history from archived_runs where sequence in (7, 9) order by sequence',
    );
    expect(rows[0]?.history).toHaveLength(0);
    expect(decompress(rows[1]!.history)).toContain('erased');
    expect(await archivedRuns(database.pool, incidentOf(7))).toMatchObject([{ isGone: true, intact: true, erasure: { sequence: 26 } }]);
    expect(await archivedRuns(database.pool, incidentOf(9))).toMatchObject([{ isGone: false, intact: true, erasure: { sequence: 27 } }]);
  });

  it('can follow another one', async () => {
    await erase([9], withoutAnn);
    await erase([9], (json) => json.replace('erased', 'nobody'));
    await erase([9]);
    expect(await erase([9])).toBe(0);
    expect(await verify()).toMatchObject({ erased: 1, findings: [] });
  });

  it('wants the key of the installation', async () => {
    await expect(erase([7], () => null, forger)).rejects.toThrow(WrongKey);
    expect(await verify()).toMatchObject({ links: 25, erased: 0, findings: [] });
  });
});

describe('what may be changed of the archive', () => {
  const insertErasure = (runs: object[]): [string, unknown[]] => [
    `insert into archived_runs select 26, $1, 'erasure', $1, null, 'erasure', 0, now(), now(), now(), 0, '', '', '', $2`,
    [crypto.randomUUID(), Buffer.from(JSON.stringify({ runs }))],
  ];

  it.each([
    ['a history that no erasure names', [{ sequence: 8, becomes: null }], `history = ''`],
    ['a history that was to be emptied', [{ sequence: 7, becomes: null }], `history = 'x'`],
    ['a history that was to be changed', [{ sequence: 7, becomes: 'abc' }], `history = ''`],
    ['any other column', [{ sequence: 7, becomes: null }], `history = '', closed_at = now()`],
  ])('is not %s', async (_, runs, set) => {
    await expect(
      inTransaction(database.pool, async (client) => {
        await client.query(...insertErasure(runs));
        await client.query(`update archived_runs set ${set} where sequence = 7`);
      }),
    ).rejects.toThrow('append-only');
  });

  it('is nothing in a later transaction, and no row is ever deleted', async () => {
    await erase([7], withoutAnn);
    for (const statement of [
      `update archived_runs set history = 'x' where sequence = 7`,
      `update archived_runs set history = '' where sequence = 8`,
      'delete from archived_runs where sequence = 7',
      'truncate archived_runs',
    ])
      await expect(database.pool.query(statement)).rejects.toThrow('append-only');
  });
});

describe('it stays a problem', () => {
  it.each([
    ['a history emptied without an erasure', `history = ''`, 8, '8: its history was emptied, and no link says that it was erased'],
    [
      'a history put back',
      `history = (select history from archived_runs where sequence = 8)`,
      7,
      '7: link 26 erased its history, and there is one again',
    ],
    [
      'an erasure that was changed',
      `history = convert_to(replace(convert_from(history, 'UTF8'), 'ops', 'eve'), 'UTF8')`,
      26,
      '26: what it says was erased was changed',
    ],
    [
      'a person put back',
      `history = (select history from archived_runs where sequence = 8)`,
      9,
      '9: its history is not what link 27 left of it',
    ],
    ['a history emptied that lost a person alone', `history = ''`, 9, '9: its history was emptied, and no link says that it was erased'],
  ])('%s', async (_, set, sequence, problem) => {
    await erase([7]);
    await erase([9], withoutAnn);
    await tamper(`update archived_runs set ${set} where sequence = $1`, [sequence]);
    expect(await problems()).toContain(problem);
  });

  it('a history that was changed before it was erased', async () => {
    await tamper('update archived_runs set history = $1 where sequence = 7', [compress('{"events":[]}')]);
    await tamper(`update archived_runs set history = 'rubbish' where sequence = 9`);
    await erase([7, 9]);
    expect(await problems()).toBe(
      '7: its history had been changed before link 26 erased it\n9: its history had been changed before link 26 erased it',
    );
  });

  it('an erasure that was made without the key, whether or not more is archived after it', async () => {
    const head = (await database.pool.query<{ sealed: string }>('select sealed from archive_head')).rows[0]?.sealed;
    await database.pool.query('delete from archive_head');
    await erase([7], () => null, forger);
    await database.pool.query('update archive_head set sealed = $1', [head]);
    expect(await problems()).toBe(
      '7: its history was emptied, and no link says that it was erased\nchain: links after 25 were added by somebody without the key',
    );
    await appendRun(database.pool, secrets, run(27));
    expect(await problems()).toContain("27: when it was added, the chain's end was not in order");
  });

  it('an erasure that was made to say nothing, hashes and all', async () => {
    await erase([7]);
    const { rows } = await database.pool.query<ArchivedRow>('select * from archived_runs where sequence = 26');
    const link = { ...linkOf(rows[0] as ArchivedRow), contentHash: sha256('rubbish') };
    await tamper(`update archived_runs set history = 'rubbish', content_hash = $1, hash = $2 where sequence = 26`, [
      link.contentHash,
      linkHash(link),
    ]);
    expect(await problems()).toBe(
      '7: its history was emptied, and no link says that it was erased\nchain: the last link is not the one in the head: the chain was rewritten',
    );
  });
});
