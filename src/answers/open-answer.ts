import type { Pool } from 'pg';
import type { Reader } from '../domain/reader.ts';
import { anyReader } from '../domain/reader.ts';
import { said, type Said } from '../domain/said.ts';
import type { IncidentStatus, Severity } from '../domain/vocabulary.ts';
import type { CommandResult, Incidents } from '../incidents/incidents.ts';
import { tokenHash, type AnswerAct } from './answer-links.ts';

/** What a link stands for now. */
export interface OpenAnswer {
  readonly hash: string;
  readonly act: AnswerAct;
  readonly incident: {
    readonly id: string;
    readonly shortId: string;
    readonly title: string;
    readonly severity: Severity;
    readonly status: IncidentStatus;
    readonly service: string;
  };
  readonly user: { readonly id: string; readonly name: string };
  readonly reader: Reader;
  /** Why it does nothing any more; null while it does. */
  readonly void: Said | null;
}

interface Row {
  readonly act: AnswerAct;
  readonly epoch: number;
  readonly current_epoch: number;
  readonly is_expired: boolean;
  readonly incident_id: string;
  readonly short_id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly service: string;
  readonly user_id: string;
  readonly user_name: string;
  readonly language: Reader['language'] | null;
  readonly time_zone: string | null;
}

/** Null for what is no link of ours, or one of a person who was deactivated: neither says anything about any incident. */
export async function openAnswer(pool: Pool, token: string, acts: readonly AnswerAct[]): Promise<OpenAnswer | null> {
  const hash = tokenHash(token);
  const { rows } = await pool.query<Row>({
    name: 'open-answer',
    text: `select l.act, l.epoch, i.epoch as current_epoch, l.expires_at <= now() as is_expired, i.id as incident_id, i.short_id, i.title, i.severity, i.status,
        s.name as service, u.id as user_id, coalesce(nullif(u.display_name, ''), u.username) as user_name, u.language, u.time_zone
      from answer_links l join incidents i on i.id = l.incident_id join services s on s.id = i.service_id join users u on u.id = l.user_id
      where l.token_hash = $1 and u.is_active`,
    values: [hash],
  });
  const [row] = rows;
  if (row === undefined || !acts.includes(row.act)) return null;
  return {
    hash,
    act: row.act,
    incident: {
      id: row.incident_id,
      shortId: row.short_id,
      title: row.title,
      severity: row.severity,
      status: row.status,
      service: row.service,
    },
    user: { id: row.user_id, name: row.user_name },
    reader: { language: row.language ?? anyReader.language, timeZone: row.time_zone ?? anyReader.timeZone },
    void: row.is_expired ? said('answer.expired') : row.current_epoch > row.epoch ? said('answer.begunAnew') : null,
  };
}

/** How long the answer waits for the incident, milliseconds. */
const waitMs = 5_000;

/** Does it, once: a link that is pressed again says again what came of it. */
export function act(incidents: Incidents, { hash, act: kind, incident, user }: OpenAnswer): Promise<CommandResult> {
  const actor = { type: 'user' as const, id: user.id, name: user.name, via: 'link' };
  return incidents.command({ id: `answer/${hash}`, incidentId: incident.id, actor, body: { kind }, waitMs });
}
