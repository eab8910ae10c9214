import type { Pool } from 'pg';
import { archiveAll } from '../archive/archiver.ts';
import { historyOf, type ArchivedRow } from '../archive/archived-run.ts';
import { eraseHistories } from '../archive/erase-histories.ts';
import { incidentWorkflowId } from '../contract/names.ts';
import { inTransaction } from '../db/in-transaction.ts';
import { CannotErase, erasing, type ErasureDeps, type Order } from './erasure.ts';
import { replaceInHistory } from './history-texts.ts';
import type { Person } from './person.ts';
import { createReplacer, type Replacer } from './replacer.ts';
import { replaceInTables } from './table-texts.ts';
import { deleteRuns, isRunning } from './temporal-runs.ts';
import { configurationThatNames, incidentsThatNeed } from './who-needs.ts';

export interface ErasedPerson {
  /** What they are called from now on. */
  readonly pseudonym: string;
  /** Rows in which something was replaced, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Archived histories in which something was replaced. */
  readonly histories: number;
  /** Bodies of alerts that were not understood and named them, deleted. */
  readonly bodies: number;
  /** Where the configuration still has a name or an address of theirs: `impact scope Security`. It is left to people. */
  readonly stillNamedIn: readonly string[];
}

/** Histories can be megabytes each. */
const rowsPerPage = 20;

export interface ErasePersonOptions {
  /** Counts, and changes nothing. */
  readonly dry: boolean;
  readonly onProgress?: (histories: number) => void;
}

/**
 * Replaces a person's names and addresses by a pseudonym in all that tells what happened, archived histories too, and then in their account,
 * which ends. The account comes last, since it says what to look for: cut off anywhere and run again, it ends the same.
 * @throws CannotErase
 */
export async function erasePerson(deps: ErasureDeps, person: Person, order: Order, options: ErasePersonOptions): Promise<ErasedPerson> {
  const { pool } = deps;
  const replacer = createReplacer(person.texts);
  for (const text of [order.by, order.reason])
    if (replacer.text(text, 'message') !== text)
      throw new CannotErase(`"${text}" names ${person.username}: it would stay in the archive for ever. Say it without.`);
  await requireUnneeded(deps, person, replacer);
  const stillNamedIn = await configurationThatNames(pool, person, replacer);
  if (options.dry) {
    const rows = await replaceInTables(pool, replacer, { dry: true });
    const histories = await eachPage(pool, replacer, async (page) => page.length);
    return { pseudonym: person.texts.pseudonym, rows, histories, bodies: await countBodies(pool, replacer), stillNamedIn };
  }
  return erasing(deps, async () => {
    const { rows, histories, bodies } = await eraseWhatHappened(deps, person, replacer, order, options);
    await endAccount(pool, person);
    return { pseudonym: person.texts.pseudonym, rows, histories, bodies, stillNamedIn };
  });
}

async function eraseWhatHappened(
  deps: ErasureDeps,
  person: Person,
  replacer: Replacer,
  order: Order,
  { onProgress }: ErasePersonOptions,
): Promise<Pick<ErasedPerson, 'rows' | 'histories' | 'bodies'>> {
  const { pool, client, secrets } = deps;
  // What closed a moment ago would be archived afterwards, names and all.
  if (!(await archiveAll(deps, null)).complete)
    throw new CannotErase('Not every closed run could be archived: see the log, and try again.');
  await requireUnneeded(deps, person, replacer);
  await endAccess(pool, person);
  const rows = await replaceInTables(pool, replacer, { dry: false });
  const bodies = await deleteBodies(pool, replacer);
  const erasure = { what: 'person', ...order } as const;
  let histories = 0;
  await eachPage(pool, replacer, async (page) => {
    const sequences = page.map((row) => Number(row.sequence));
    const rewrite = (json: string): string => replaceInHistory(json, replacer);
    histories += await inTransaction(pool, (transaction) => eraseHistories(transaction, secrets, { erasure, sequences, rewrite }));
    onProgress?.(histories);
    return page.length;
  });
  if (histories === 0)
    await inTransaction(pool, (transaction) => eraseHistories(transaction, secrets, { erasure, sequences: [], rewrite: (json) => json }));
  await deleteReplacedRuns(pool, client);
  return { rows, histories, bodies };
}

/** Archived histories that name the person, some at a time. Returns the sum of what `act` answers. */
async function eachPage(pool: Pool, replacer: Replacer, act: (page: readonly ArchivedRow[]) => Promise<number>): Promise<number> {
  let sum = 0;
  for (let after = '0'; ;) {
    const { rows } = await pool.query<ArchivedRow>(
      `select * from archived_runs where sequence > $1 and status <> 'erasure' and history <> '' order by sequence limit $2`,
      [after, rowsPerPage],
    );
    const page = rows.filter((row) => {
      const json = historyOf(row);
      return json !== null && replaceInHistory(json, replacer) !== json;
    });
    if (page.length > 0) sum += await act(page);
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerPage) return sum;
    after = last.sequence;
  }
}

/** Temporal's own copies of what erasures of persons changed lately; older ones its retention has deleted. */
async function deleteReplacedRuns(pool: Pool, client: ErasureDeps['client']): Promise<void> {
  const { rows } = await pool.query<{ workflow_id: string; run_ids: string[] }>(
    `select r.workflow_id, array_agg(r.run_id::text) as run_ids
     from archived_runs e, jsonb_array_elements(convert_from(e.history, 'UTF8')::jsonb -> 'runs') erased, archived_runs r
     where e.status = 'erasure' and r.sequence = (erased ->> 'sequence')::bigint and e.archived_at > now() - interval '30 days'
     group by r.workflow_id`,
  );
  for (const { workflow_id, run_ids } of rows) await deleteRuns(client, workflow_id, run_ids);
}

async function requireUnneeded(deps: ErasureDeps, person: Person, replacer: Replacer): Promise<void> {
  const { pool, client } = deps;
  const { rows } = await pool.query('select from users where is_staff and is_active and id <> $1 limit 1', [person.id]);
  if (rows.length === 0) throw new CannotErase(`${person.username} is the last active staff user: make somebody else staff first.`);
  const { mentions, incidents } = await incidentsThatNeed(pool, person, replacer);
  if (mentions.length > 0) throw new CannotErase(`${person.username} is still part of ${mentions.join(', ')}: take them out first.`);
  const running = [];
  for (const { id, shortId, isOver } of incidents) if (!isOver || (await isRunning(client, incidentWorkflowId(id)))) running.push(shortId);
  if (running.length > 0)
    throw new CannotErase(`${person.username} is named in incidents that are not over yet: ${running.join(', ')}. Resolve them first.`);
}

const endAccess = (pool: Pool, { id }: Person): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('update users set is_active = false, updated_at = now() where id = $1', [id]);
    await client.query('delete from tokens where user_id = $1', [id]);
    await client.query('delete from devices where user_id = $1', [id]);
    await client.query('delete from idempotency_keys where user_id = $1', [id]);
  });

const endAccount = (pool: Pool, { id, texts: { names, pseudonym } }: Person): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('update escalation_policy_versions set created_by = $2 where created_by = any($1::text[])', [names, pseudonym]);
    await client.query('delete from team_members where user_id = $1', [id]);
    await client.query(
      `update users set username = $2, display_name = $2, email = null, phone = null, password_hash = null, is_active = false, is_staff = false,
         contact_methods = '[]', updated_at = now() where id = $1`,
      [id, pseudonym],
    );
  });

const bodiesThatName = `from rejected_payloads where exists (select from unnest($1::text[]) needle
  where position(needle in lower(encode(body, 'escape'))) > 0)`;

/** By what cannot be a word of somebody else's. */
const certain = ({ needles }: Replacer): string[] => needles.filter((needle) => /[\s@\d]/.test(needle));

async function countBodies(pool: Pool, replacer: Replacer): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n ${bodiesThatName}`, [certain(replacer)]);
  return rows[0]?.n ?? 0;
}

const deleteBodies = async (pool: Pool, replacer: Replacer): Promise<number> =>
  (await pool.query(`delete ${bodiesThatName}`, [certain(replacer)])).rowCount ?? 0;
