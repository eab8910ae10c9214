import type { Pool } from 'pg';
import type { DocumentEntry, DocumentFacts } from '../connectors/connector.ts';
import { storedSaid, type StoredSaid } from '../db/stored-said.ts';
import type { Actor } from '../domain/incident/happening.ts';
import { asSaid } from '../domain/said.ts';

/** A storm writes more than a document can use. */
const mostEntries = 1_000;

interface EntryRow extends StoredSaid {
  readonly sequence: number;
  readonly timestamp: Date;
  readonly type: string;
  readonly actor: Actor;
}

/** What a document says of its incident beside the timeline. */
export type StandingFacts = Omit<DocumentFacts, 'timeline' | 'earlierEntries'>;

/** What the incident document says by itself: the incident as it stands, and the latest entries of its timeline. */
export async function readDocumentFacts(pool: Pool, incidentId: string, standing: StandingFacts): Promise<DocumentFacts> {
  const { rows } = await pool.query<EntryRow>(
    `select sequence, timestamp, type, said, message, actor from timeline_entries where incident_id = $1 order by sequence desc limit $2`,
    [incidentId, mostEntries],
  );
  const entries = rows.reverse();
  return {
    ...standing,
    timeline: entries.map(presentEntry),
    // Entries count from 1, without gaps.
    earlierEntries: Math.max(0, (entries[0]?.sequence ?? 1) - 1),
  };
}

function presentEntry(row: EntryRow): DocumentEntry {
  const what = asSaid(storedSaid(row));
  return { timestamp: row.timestamp.toISOString(), said: what, comment: commentOf(row, what.values['text']) };
}

/** Versions before stored a comment's text as the entry's message. */
function commentOf({ type, said, actor }: EntryRow, text: unknown): DocumentEntry['comment'] {
  const isComment = type === 'COMMENT_ADDED' && (said?.code === 'entry.comment' || (said === null && actor.type === 'user'));
  return isComment && typeof text === 'string' ? { author: actor.name, text } : null;
}
