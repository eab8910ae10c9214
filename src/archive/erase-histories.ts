import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { archiveChainLock } from '../contract/locks.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { compress, historyOf, sha256, type ArchivedRow } from './archived-run.ts';
import { append, readHead } from './chain.ts';
import { erasureJson, type ErasedRun, type Erasure } from './erasures.ts';

/** The head of the chain is sealed under a key that is not ours: what we add would look like a stranger's. */
export class WrongKey extends Error {
  override readonly name = 'WrongKey';
}

export interface EraseHistories {
  readonly erasure: Omit<Erasure, 'runs' | 'at'>;
  readonly sequences: readonly number[];
  /** What is to be left of a history's JSON; null for nothing. What cannot be unpacked is emptied. */
  readonly rewrite: (json: string) => string | null;
}

/**
 * Adds an erasure to the chain and does what it says, all in the caller's transaction: archived rows can be changed in no other. Returns
 * how many histories were changed. @throws WrongKey
 */
export async function eraseHistories(
  client: PoolClient,
  secrets: SecretBox,
  { erasure, sequences, rewrite }: EraseHistories,
): Promise<number> {
  await client.query('select pg_advisory_xact_lock($1)', [archiveChainLock]);
  const { problem } = await readHead(client, secrets);
  if (problem !== null) throw new WrongKey(problem);
  const { rows } = await client.query<ArchivedRow>(
    `select * from archived_runs where sequence = any($1::bigint[]) and status <> 'erasure' and history <> '' order by sequence`,
    [sequences],
  );
  const runs: ErasedRun[] = [];
  const left: { readonly sequence: string; readonly history: Buffer }[] = [];
  for (const row of rows) {
    const json = historyOf(row);
    const rest = json === null ? null : rewrite(json);
    if (json !== null && rest === json) continue;
    runs.push({
      sequence: Number(row.sequence),
      was: json === null ? null : sha256(json),
      becomes: rest === null ? null : sha256(rest),
    });
    left.push({ sequence: row.sequence, history: rest === null ? Buffer.alloc(0) : compress(rest) });
  }
  const now = new Date();
  const json = erasureJson({ ...erasure, at: now.toISOString(), runs });
  const id = randomUUID();
  const link = {
    runId: id,
    workflowId: `erasure/${id}`,
    incidentId: id,
    shortId: null,
    status: 'erasure',
    events: 0,
    startedAt: now,
    closedAt: now,
    json,
  } as const;
  // Not packed: the trigger reads in it what may be changed.
  await append(client, secrets, link, Buffer.from(json));
  for (const { sequence, history } of left)
    await client.query('update archived_runs set history = $2 where sequence = $1', [sequence, history]);
  return runs.length;
}
