import type { Pool, PoolClient } from 'pg';
import type { SecretBox } from '../secrets/secret-box.ts';
import { historyOf, linkHash, linkOf, noHash, sha256, type ArchivedRow } from './archived-run.ts';
import { readHead } from './chain.ts';
import { readErasures, stepsByLink, whatIsWrong, type ErasureLink, type Step } from './erasures.ts';

export interface Finding {
  /** The link that it is about; null for the chain as a whole. */
  readonly sequence: number | null;
  readonly problem: string;
}

export interface Verdict {
  /** Runs and erasures. */
  readonly links: number;
  readonly erasures: readonly ErasureLink[];
  /** Runs of which an erasure left nothing, or not everything. */
  readonly erased: number;
  /** The end of the chain, to be noted elsewhere: `<sequence>:<hash>`. Null for an empty archive. */
  readonly head: string | null;
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  readonly pool: Pool;
  /** Null: without the installation's key; the end of the chain is then not checked. */
  readonly secrets: SecretBox | null;
  /** Heads noted earlier, which the chain must still contain. */
  readonly expected?: readonly { readonly sequence: number; readonly hash: string }[];
  readonly onProgress?: (done: number, total: number) => void;
}

/** Histories can be megabytes each. */
const rowsPerPage = 20;

/**
 * Walks the whole chain. Finds: a history or any field edited, a history emptied or changed otherwise than an erasure says, a link deleted, links swapped or put in between, links cut off
 * at the end or the whole chain written anew (both by the sealed head, which needs the installation's key). Cannot find
 * by itself: a database put back as a whole, archive and head together, to how it was at an earlier time, nor anything
 * done by one who has the key. A head noted elsewhere (`expected`) finds these too.
 */
export async function verifyChain({ pool, secrets, expected = [], onProgress }: VerifyOptions): Promise<Verdict> {
  const client = await pool.connect();
  try {
    // One moment for all pages, whatever is archived meanwhile.
    await client.query('begin transaction isolation level repeatable read read only');
    const counted = await client.query<{ n: number }>('select count(*)::int as n from archived_runs');
    const head = secrets === null ? null : await readHead(client, secrets);
    // What comes after the head was added by somebody without the key: it erases nothing.
    const erasures = await readErasures(client, head?.head?.sequence);
    const walk = new Walk(expected, stepsByLink(erasures));
    const total = counted.rows[0]?.n ?? 0;
    for await (const row of readRows(client)) {
      walk.take(row);
      onProgress?.(walk.links, total);
    }
    if (head !== null) checkHead(head, walk);
    walk.missedExpectations();
    const { links, erased } = walk;
    return { links, erasures, erased, head: links === 0 ? null : `${walk.sequence}:${walk.hash}`, findings: walk.findings };
  } finally {
    await client.query('rollback').catch(() => undefined);
    client.release();
  }
}

async function* readRows(client: PoolClient): AsyncGenerator<ArchivedRow> {
  for (let after = '-9223372036854775808'; ;) {
    const { rows } = await client.query<ArchivedRow>('select * from archived_runs where sequence > $1 order by sequence limit $2', [
      after,
      rowsPerPage,
    ]);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerPage) return;
    after = last.sequence;
  }
}

class Walk {
  readonly findings: Finding[] = [];
  links = 0;
  erased = 0;
  sequence = 0;
  hash = noHash;
  private readonly expected: Map<number, string>;
  private readonly steps: ReadonlyMap<number, readonly Step[]>;

  constructor(expected: NonNullable<VerifyOptions['expected']>, steps: ReadonlyMap<number, readonly Step[]>) {
    this.steps = steps;
    this.expected = new Map(expected.map(({ sequence, hash }) => [sequence, hash]));
  }

  take(row: ArchivedRow): void {
    const sequence = Number(row.sequence);
    const say = (problem: string): void => void this.findings.push({ sequence, problem });
    if (sequence !== this.sequence + 1) {
      const from = this.sequence + 1;
      say(sequence - from === 1 ? `link ${from} before it is missing` : `links ${from} to ${sequence - 1} before it are missing`);
    } else if (row.previous_hash !== this.hash) {
      say('it does not follow from the link before: one of the two was changed, or they changed places');
    }
    const steps = this.steps.get(sequence) ?? [];
    if (row.status === 'erasure') {
      if (sha256(historyOf(row) ?? '') !== row.content_hash) say('what it says was erased was changed');
    } else {
      const wrong = whatIsWrong(row, steps);
      if (wrong !== null) say(wrong);
      else if (steps.length > 0) this.erased += 1;
    }
    if (linkHash(linkOf(row)) !== row.hash) say(`what it says of itself was changed (run ${row.run_id})`);
    const wanted = this.expected.get(sequence);
    if (wanted !== undefined && wanted !== row.hash) say('its hash is not the one that was noted');
    this.expected.delete(sequence);
    this.links += 1;
    this.sequence = sequence;
    this.hash = row.hash;
  }

  missedExpectations(): void {
    for (const sequence of this.expected.keys()) this.findings.push({ sequence, problem: 'it was noted once, and is gone' });
  }
}

function checkHead({ head, problem }: Awaited<ReturnType<typeof readHead>>, walk: Walk): void {
  const say = (text: string): void => void walk.findings.push({ sequence: null, problem: text });
  if (problem !== null) return say(problem);
  if (head === null) return walk.links === 0 ? undefined : say('the sealed head is gone: links may have been cut off at the end');
  for (const { sequence, reason } of head.breaks)
    walk.findings.push({ sequence, problem: `when it was added, the chain's end was not in order: ${reason}` });
  if (head.sequence > walk.sequence) say(`cut off at the end: the head counts ${head.sequence} links, the last one is ${walk.sequence}`);
  else if (head.sequence < walk.sequence) say(`links after ${head.sequence} were added by somebody without the key`);
  else if (head.hash !== walk.hash) say('the last link is not the one in the head: the chain was rewritten');
}
