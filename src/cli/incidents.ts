import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Pool } from 'pg';
import { findIncident, isIncidentId } from '../archive/incident-runs.ts';
import type { Config } from '../config.ts';
import { groupTitle } from '../domain/alert-group.ts';
import type { Actor } from '../domain/incident/happening.ts';
import { said } from '../domain/said.ts';
import type { IncidentStatus, Severity } from '../domain/vocabulary.ts';
import { readAlertGroups } from '../incidents/alert-groups.ts';
import { createIncidents } from '../incidents/create-incidents.ts';
import { words } from '../texts/languages.ts';
import { Stop } from './stop.ts';
import { withStore } from './store-command.ts';

interface Row {
  readonly id: string;
  readonly short_id: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly title: string;
  readonly origin: 'alert' | 'person';
  readonly service: string;
  readonly assignee: string | null;
  readonly acknowledged_by: string | null;
  readonly created_at: Date;
}

/** `imas incidents`: those that are open, what nobody has acknowledged first. @throws Stop */
export function runIncidents({ json }: { readonly json: boolean }, config: Config): Promise<void> {
  return withStore(config, async ({ pool }) => {
    const { rows } = await pool.query<Row>(
      `select i.id, i.short_id, i.severity, i.status, i.title, i.origin, s.name as service, coalesce(nullif(u.display_name, ''), u.username) as assignee,
         i.acknowledged_by, i.created_at
       from incidents i join services s on s.id = i.service_id left join users u on u.id = i.assignee_id
       where i.status <> 'RESOLVED' order by i.status = 'ACKNOWLEDGED', i.severity, i.created_at`,
    );
    const titles = await titlesOf(pool, rows);
    if (json) {
      const incidents = rows.map(({ id, created_at, ...row }) => ({
        id,
        ...row,
        title: titles.get(id) ?? row.title,
        created_at: created_at.toISOString(),
      }));
      process.stdout.write(`${JSON.stringify(incidents)}\n`);
      return;
    }
    if (rows.length === 0) process.stdout.write('No open incidents.\n');
    const table = rows.map((row) => [
      row.short_id,
      row.severity.slice(0, 4),
      words(said(`status.${row.status}`)) + (row.acknowledged_by === null ? '' : ` by ${row.acknowledged_by}`),
      ageText(Date.now() - row.created_at.getTime()),
      row.service,
      (titles.get(row.id) ?? row.title).replaceAll(/\s+/g, ' '),
    ]);
    process.stdout.write(columns(table));
  });
}

async function titlesOf(pool: Pool, rows: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  const groups = await readAlertGroups(
    pool,
    rows.filter(({ origin }) => origin === 'alert').map(({ id }) => id),
  );
  return new Map(
    [...groups].flatMap(([id, group]) => {
      const title = groupTitle(group);
      return title === null ? [] : [[id, words(title)]];
    }),
  );
}

/** `3 min`, `5 h`, `2 d`. */
function ageText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} d`;
}

/** Each column as wide as its widest text; the last one runs on. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((widest, row) => row.map((text, index) => Math.max(widest[index] ?? 0, text.length)), []);
  return rows
    .map((row) => `${row.map((text, index) => (index === row.length - 1 ? text : text.padEnd(widths[index] ?? 0))).join('  ')}\n`)
    .join('');
}

/** A worker reads it within a second, if one runs. */
const patienceMs = 10_000;

/** `imas ack INC-A1B2C3`. Returns the exit code: 1 where the incident's state forbids it. @throws Stop */
export function runAcknowledge(given: string, { as }: { readonly as?: string }, config: Config): Promise<number> {
  return withStore(config, async (database) => {
    const { pool } = database;
    const incident = isIncidentId(given) ? await findIncident(pool, given) : null;
    if (incident === null) throw new Stop(`There is no incident ${given}. "imas incidents" lists those that are open.`);
    const result = await createIncidents({ database }).command({
      id: randomUUID(),
      incidentId: incident.id,
      actor: await actorNamed(pool, as),
      body: { kind: 'acknowledge' },
      waitMs: patienceMs,
    });
    const what = result.outcome === 'pending' ? said('command.accepted') : result.said;
    (result.outcome === 'refused' ? process.stderr : process.stdout).write(`${given.toUpperCase()}: ${words(what)}\n`);
    return result.outcome === 'refused' ? 1 : 0;
  });
}

/** A user of IMAS, or whoever sits at this machine. */
async function actorNamed(pool: Pool, username: string | undefined): Promise<Actor> {
  if (username === undefined) return { type: 'user', id: null, name: userInfo().username, via: 'cli' };
  const { rows } = await pool.query<{ id: string; name: string }>(
    `select id, coalesce(nullif(display_name, ''), username) as name from users where lower(username) = lower($1) and is_active`,
    [username],
  );
  const [user] = rows;
  if (user === undefined) throw new Stop(`There is no active user "${username}".`);
  return { type: 'user', id: user.id, name: user.name, via: 'cli' };
}
