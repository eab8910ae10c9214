import { inTransaction } from '../db/in-transaction.ts';
import type { Pool, PoolClient } from 'pg';
import { archiveChainLock } from '../contract/locks.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { compress, linkHash, noHash, sha256, type ClosedRun, type Link, type LinkStatus } from './archived-run.ts';

/** Where the chain ends. Stored encrypted, so that nobody without the key can make a shortened chain look complete. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
  /** What was found wrong with the end of the chain before something was added to it; these stay for ever. */
  readonly breaks: readonly ChainBreak[];
}

export interface ChainBreak {
  /** The link that was added then. */
  readonly sequence: number;
  readonly reason: string;
}

export interface Appended {
  readonly sequence: number;
  readonly hash: string;
}

const boundTo = 'archive_head/sealed';

/**
 * Adds a closed run to the end of the chain, in one transaction under a lock; null when it is there already. What is wrong
 * with the chain's end does not stop it, since the history would then be lost with Temporal's retention, but is noted in
 * the sealed head.
 */
export async function appendRun(pool: Pool, secrets: SecretBox, run: ClosedRun): Promise<Appended | null> {
  const history = compress(run.json);
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [archiveChainLock]);
    const known = await client.query('select 1 from archived_runs where run_id = $1', [run.runId]);
    return known.rowCount === 0 ? append(client, secrets, run, history) : null;
  });
}

export type Appendable = Omit<ClosedRun, 'status'> & { readonly status: LinkStatus };

/** In the caller's transaction, which holds `archiveChainLock`. `history` is what is stored of the JSON. */
export async function append(client: PoolClient, secrets: SecretBox, run: Appendable, history: Buffer): Promise<Appended> {
  const { rows } = await client.query<{ sequence: string; hash: string }>(
    'select sequence, hash from archived_runs order by sequence desc limit 1',
  );
  const last = rows[0] === undefined ? null : { sequence: Number(rows[0].sequence), hash: rows[0].hash };
  const { head, problem } = await readHead(client, secrets);
  const reason = problem ?? differs(head, last);
  // The head's word counts: links that are gone leave their numbers free, and the gap shows.
  const end = head !== null && head.sequence >= (last?.sequence ?? 0) ? head : last;
  const link: Link = {
    ...run,
    sequence: (end?.sequence ?? 0) + 1,
    previousHash: end?.hash ?? noHash,
    archivedAt: new Date(),
    contentHash: sha256(run.json),
  };
  const hash = linkHash(link);
  await client.query(
    `insert into archived_runs (sequence, run_id, workflow_id, incident_id, short_id, status, events, started_at, closed_at, archived_at,
       size_bytes, content_hash, previous_hash, hash, history)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      link.sequence,
      link.runId,
      link.workflowId,
      link.incidentId,
      link.shortId,
      link.status,
      link.events,
      link.startedAt.toISOString(),
      link.closedAt.toISOString(),
      link.archivedAt.toISOString(),
      Buffer.byteLength(run.json),
      link.contentHash,
      link.previousHash,
      hash,
      history,
    ],
  );
  const breaks = [...(head?.breaks ?? []), ...(reason === null ? [] : [{ sequence: link.sequence, reason }])];
  const next: Head = { sequence: link.sequence, hash, breaks };
  await client.query(
    `insert into archive_head (sealed) values ($1) on conflict (only_row) do update set sealed = excluded.sealed, updated_at = now()`,
    [secrets.seal(JSON.stringify(next), boundTo)],
  );
  return { sequence: link.sequence, hash };
}

function differs(head: Head | null, last: Appended | null): string | null {
  if (head === null) return last === null ? null : 'the head was gone';
  if (last !== null && last.sequence === head.sequence && last.hash === head.hash) return null;
  return `the head told of link ${head.sequence}, the last one was ${last === null ? 'gone' : `${last.sequence}`}`;
}

/** The head, or why it cannot be read. Both null while nothing is archived. */
export async function readHead(
  client: Pick<PoolClient, 'query'>,
  secrets: SecretBox,
): Promise<{ readonly head: Head | null; readonly problem: string | null }> {
  const { rows } = await client.query<{ sealed: string }>('select sealed from archive_head');
  const sealed = rows[0]?.sealed;
  if (sealed === undefined) return { head: null, problem: null };
  try {
    return { head: JSON.parse(secrets.open(sealed, boundTo)) as Head, problem: null };
  } catch (error) {
    return { head: null, problem: `the head could not be read (${(error as Error).message})` };
  }
}
