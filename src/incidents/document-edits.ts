import type { Pool } from 'pg';
import type { Actor } from '../contract/incident.ts';
import { changesChannel } from '../contract/names.ts';
import type { WrittenSection } from '../domain/incident/document-sections.ts';

/** What people wrote in a section of an incident's document, in one version. */
export interface SectionVersion {
  /** Counts from 1; 0 while nobody has written in the section. */
  readonly version: number;
  /** Markdown. */
  readonly text: string;
  /** Null while nobody has written. */
  readonly actor: Actor | null;
  readonly editedAt: Date | null;
  /** The version whose text was put back. */
  readonly restoredFrom: number | null;
}

export interface SectionEdit {
  readonly incidentId: string;
  readonly section: WrittenSection;
  /** The version that was edited. */
  readonly version: number;
  readonly text: string;
  readonly actor: Actor;
  readonly restoredFrom: number | null;
}

/** `conflict`: somebody else has written since that version, and nothing was stored. `now` is the latest version in either case. */
export interface SectionEdited {
  readonly outcome: 'saved' | 'conflict';
  readonly now: SectionVersion;
}

export const unwritten: SectionVersion = { version: 0, text: '', actor: null, editedAt: null, restoredFrom: null };

export const sectionColumns = 'version, text, actor, edited_at as "editedAt", restored_from as "restoredFrom"';

/** The latest version of every section that was written in. */
export async function readSections(pool: Pool, incidentId: string): Promise<ReadonlyMap<WrittenSection, SectionVersion>> {
  const { rows } = await pool.query<SectionVersion & { section: WrittenSection }>(
    `select distinct on (section) section, ${sectionColumns} from document_edits where incident_id = $1 order by section, version desc`,
    [incidentId],
  );
  return new Map(rows.map(({ section, ...version }) => [section, version]));
}

/** Null where there is no such version. */
export async function readSectionVersion(
  pool: Pool,
  { incidentId, section, version }: Pick<SectionEdit, 'incidentId' | 'section' | 'version'>,
): Promise<SectionVersion | null> {
  const { rows } = await pool.query<SectionVersion>(
    `select ${sectionColumns} from document_edits where incident_id = $1 and section = $2 and version = $3`,
    [incidentId, section, version],
  );
  return rows[0] ?? null;
}

/**
 * Adds the next version, and tells the pages. Versions are only added: of two who edited the same one, the key lets the first in, and the
 * other hears of it. A text that is the latest already is saved: so is a repeat.
 */
export async function editSection(pool: Pool, edit: SectionEdit): Promise<SectionEdited> {
  const { incidentId, section, version, text, actor, restoredFrom } = edit;
  const { rows: saved } = await pool.query<SectionVersion>(
    `with latest as (
       select version, text from document_edits where incident_id = $1 and section = $2 order by version desc limit 1
     ),
     edited as (
       insert into document_edits (incident_id, section, version, text, actor, restored_from)
       select $1, $2, $3::integer + 1, $4, $5, $6
       where coalesce((select version from latest), 0) = $3 and coalesce((select text from latest), '') <> $4
       on conflict do nothing
       returning *
     )
     select ${sectionColumns}, pg_notify('${changesChannel}', json_build_object('incident', i.id, 'short_id', i.short_id, 'sequence', i.sequence)::text)
     from edited join incidents i on i.id = edited.incident_id`,
    [incidentId, section, version, text, JSON.stringify(actor), restoredFrom],
  );
  if (saved[0] !== undefined) return { outcome: 'saved', now: saved[0] };
  const { rows } = await pool.query<SectionVersion>(
    `select ${sectionColumns} from document_edits where incident_id = $1 and section = $2 order by version desc limit 1`,
    [incidentId, section],
  );
  const now = rows[0] ?? unwritten;
  return { outcome: now.text === text ? 'saved' : 'conflict', now };
}
