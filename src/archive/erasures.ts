import type { PoolClient } from 'pg';
import { z } from 'zod';
import { historyOf, isEmptied, linkHash, linkOf, sha256, type ArchivedRow } from './archived-run.ts';

/** What an erasure's link says, as JSON. It holds nothing of what was erased. */
export interface Erasure {
  /** Whether a whole incident was erased, or a person out of what happened. */
  readonly what: 'incident' | 'person';
  /** RFC 3339. */
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  readonly runs: readonly ErasedRun[];
}

export interface ErasedRun {
  /** The link whose history it is. */
  readonly sequence: number;
  /** SHA-256 of the history as it was found; null for one that could not be unpacked. */
  readonly was: string | null;
  /** SHA-256 of what was left of it; null for nothing. */
  readonly becomes: string | null;
}

/** An erasure with its own place in the chain. */
export interface ErasureLink extends Erasure {
  readonly sequence: number;
}

const format = 'imas erasure 1';

const Content = z.object({
  format: z.literal(format),
  what: z.enum(['incident', 'person']),
  at: z.string(),
  by: z.string(),
  reason: z.string(),
  runs: z.array(z.object({ sequence: z.number().int(), was: z.string().nullable(), becomes: z.string().nullable() })),
});

export const erasureJson = ({ what, at, by, reason, runs }: Erasure): string => JSON.stringify({ format, what, at, by, reason, runs });

/**
 * Erasures in the order in which they were made. Those whose own link was changed are left out, as are links after `lastSequence`: nobody
 * vouches for them.
 */
export async function readErasures(client: Pick<PoolClient, 'query'>, lastSequence = Infinity): Promise<readonly ErasureLink[]> {
  const { rows } = await client.query<ArchivedRow>(`select * from archived_runs where status = 'erasure' order by sequence`);
  return rows.flatMap((row) => {
    const json = historyOf(row) ?? '';
    const sequence = Number(row.sequence);
    if (sequence > lastSequence || sha256(json) !== row.content_hash || linkHash(linkOf(row)) !== row.hash) return [];
    const content = Content.safeParse(parsed(json));
    return content.success ? [{ ...content.data, sequence }] : [];
  });
}

/** Undefined for what is no JSON: whoever wrote it has no say, and ends no verification. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** What was done to one history, in order. */
export interface Step {
  readonly erasure: ErasureLink;
  readonly run: ErasedRun;
}

/** By the link whose history it was. Only what came before an erasure can be erased by it. */
export function stepsByLink(erasures: readonly ErasureLink[]): ReadonlyMap<number, readonly Step[]> {
  const steps = erasures.flatMap((erasure) => erasure.runs.map((run) => ({ erasure, run })));
  return Map.groupBy(
    steps.filter(({ erasure, run }) => run.sequence < erasure.sequence),
    ({ run }) => run.sequence,
  );
}

/** The hash that a history must have by now; null for none at all. */
export const expectedHash = (row: ArchivedRow, steps: readonly Step[]): string | null => {
  const last = steps.at(-1);
  return last === undefined ? row.content_hash : last.run.becomes;
};

/** What is wrong with a history; null when it is what was archived, or what erasures left of it. */
export function whatIsWrong(row: ArchivedRow, steps: readonly Step[]): string | null {
  let hash: string | null = row.content_hash;
  for (const { erasure, run } of steps) {
    if (run.was !== hash) return `its history had been changed before link ${erasure.sequence} erased it`;
    hash = run.becomes;
  }
  const last = steps.at(-1)?.erasure.sequence;
  if (hash === null) return isEmptied(row) ? null : `link ${last} erased its history, and there is one again`;
  if (isEmptied(row)) return 'its history was emptied, and no link says that it was erased';
  const json = historyOf(row);
  if (json === null) return 'its history cannot be unpacked';
  if (sha256(json) === hash) return null;
  return last === undefined ? 'its history was changed' : `its history is not what link ${last} left of it`;
}
