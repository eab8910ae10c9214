import { hash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';

/** How a run ended, by its closing event. */
export type RunStatus = 'completed' | 'continued_as_new' | 'failed' | 'timed_out' | 'canceled' | 'terminated';

/** A closed run with its history, before it has a place in the chain. */
export interface ClosedRun {
  readonly runId: string;
  readonly workflowId: string;
  readonly incidentId: string;
  readonly shortId: string | null;
  readonly status: RunStatus;
  readonly events: number;
  readonly startedAt: Date;
  readonly closedAt: Date;
  /** Temporal's own JSON of a history, as its other tools read it. */
  readonly json: string;
}

/** What a link is about: a run, or the erasing of what others keep. */
export type LinkStatus = RunStatus | 'erasure';

/** What a link of the chain vouches for. */
export interface Link extends Omit<ClosedRun, 'json' | 'status'> {
  readonly status: LinkStatus;
  /** 1, 2, 3, … without gaps. */
  readonly sequence: number;
  readonly archivedAt: Date;
  /** SHA-256 of the history's JSON, hex. */
  readonly contentHash: string;
  /** The hash of the link before; zeros for the first. */
  readonly previousHash: string;
}

export const noHash = '0'.repeat(64);

export const sha256 = (content: string): string => hash('sha256', content, 'hex');

/** The link's own hash, hex. Every field is in it, in this order, for ever. */
export function linkHash(link: Link): string {
  return sha256(
    JSON.stringify([
      'imas archive link 1',
      link.sequence,
      link.previousHash,
      link.runId,
      link.workflowId,
      link.incidentId,
      link.shortId,
      link.status,
      link.events,
      link.startedAt.toISOString(),
      link.closedAt.toISOString(),
      link.archivedAt.toISOString(),
      link.contentHash,
    ]),
  );
}

/** gzip (RFC 1952) rather than something smaller: whoever opens it in many years has it at hand. */
export const compress = (json: string): Buffer => gzipSync(json, { level: 9 });
export const decompress = (bytes: Uint8Array): string => gunzipSync(bytes).toString('utf8');

/** A row of `archived_runs`. */
export interface ArchivedRow {
  /** A bigint, as Postgres gives it. */
  readonly sequence: string;
  readonly run_id: string;
  readonly workflow_id: string;
  readonly incident_id: string;
  readonly short_id: string | null;
  readonly status: LinkStatus;
  readonly events: number;
  readonly started_at: Date;
  readonly closed_at: Date;
  readonly archived_at: Date;
  readonly content_hash: string;
  readonly previous_hash: string;
  readonly hash: string;
  readonly history: Buffer;
}

export const linkOf = (row: ArchivedRow): Link => ({
  sequence: Number(row.sequence),
  runId: row.run_id,
  workflowId: row.workflow_id,
  incidentId: row.incident_id,
  shortId: row.short_id,
  status: row.status,
  events: row.events,
  startedAt: row.started_at,
  closedAt: row.closed_at,
  archivedAt: row.archived_at,
  contentHash: row.content_hash,
  previousHash: row.previous_hash,
});

export const isEmptied = ({ history }: Pick<ArchivedRow, 'history'>): boolean => history.length === 0;

/** The history's JSON, or what an erasure says, which Postgres reads too; null for bytes that cannot be unpacked. */
export function historyOf({ status, history }: Pick<ArchivedRow, 'status' | 'history'>): string | null {
  try {
    return status === 'erasure' ? history.toString('utf8') : decompress(history);
  } catch {
    return null;
  }
}
