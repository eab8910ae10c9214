import type { Pool } from 'pg';
import { inTransaction } from '../db/in-transaction.ts';
import { storable, storableText } from '../db/storable.ts';
import { quoted } from '../db/tables.ts';
import type { Replacer } from './replacer.ts';

/**
 * Tables in which nothing is replaced: what people configure (the erasure says where it names the person), what the program notes for itself,
 * what is on its way, and what is erased in another way.
 */
const left = new Set(
  `users teams services providers impact_scopes schedules escalation_policies alert_rules alert_sources
   tokens archived_runs archive_head archive_absences audit_looks batched_changes guess_counts pacing retention_pass mikro_orm_migrations
   outbox told rejected_payloads`.split(/\s+/),
);
/** Rows of configuration in other tables: the version that a policy has now. */
const rowsToReplace: Readonly<Record<string, string>> = {
  escalation_policy_versions: '(policy_id, version) not in (select id, version from escalation_policies)',
};

const rowsPerStep = 200;

interface Column {
  readonly name: string;
  readonly type: 'text' | 'json' | 'jsonb' | 'text[]';
}

interface Table {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly Column[];
}

/** Every table that may tell of people, a new one too. */
async function tablesWithTexts(pool: Pool): Promise<readonly Table[]> {
  const { rows } = await pool.query<Table>(
    `select c.relname as name,
       (select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisprimary) as key,
       (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null)) order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
          and format_type(a.atttypid, null) in ('text', 'json', 'jsonb', 'text[]')) as columns
     from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' order by c.relname`,
  );
  return rows.filter((table) => !left.has(table.name) && table.columns !== null && table.key !== null);
}

/** Replaces a person's texts in all that tells what happened, some rows at a time; or only counts, when `dry`. Returns rows by table. */
export async function replaceInTables(pool: Pool, replacer: Replacer, { dry }: { readonly dry: boolean }): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of await tablesWithTexts(pool)) {
    let after: readonly string[] | null = null;
    let changed = 0;
    do {
      const step = await replaceSome(pool, table, replacer, after, dry);
      changed += step.changed;
      after = step.last;
    } while (after !== null);
    if (changed > 0) counts[table.name] = changed;
  }
  return counts;
}

async function replaceSome(
  pool: Pool,
  { name, key, columns }: Table,
  replacer: Replacer,
  after: readonly string[] | null,
  dry: boolean,
): Promise<{ readonly changed: number; readonly last: readonly string[] | null }> {
  const keys = key.map(quoted).join(', ');
  const all = columns.map((column) => `${quoted(column.name)}::text`).join(', ');
  const selected = columns.map((column) => (isJson(column) ? `${quoted(column.name)}::text` : quoted(column.name)));
  const beyond = after === null ? 'true' : `(${keys}) > (${key.map((_, n) => `$${n + 2}`).join(', ')})`;
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ key: string[] } & Record<string, unknown>>(
      `select array[${key.map((one) => `${quoted(one)}::text`).join(', ')}] as imas_key, ${selected.join(', ')}
       from ${quoted(name)} where ${beyond} and ${rowsToReplace[name] ?? 'true'} and exists (select from unnest($1::text[]) needle where position(needle in lower(concat_ws(' ', ${all}))) > 0)
       order by ${keys} limit ${rowsPerStep} ${dry ? '' : 'for update'}`,
      [needlesOf(replacer), ...(after ?? [])],
    );
    let changed = 0;
    for (const row of rows) {
      const news = columns.flatMap((column) => {
        const is = isJson(column) ? exactly(row[column.name]) : row[column.name];
        const value = replacer.json(is, column.name);
        return value === is ? [] : [{ column, value }];
      });
      if (news.length === 0) continue;
      changed += 1;
      if (dry) continue;
      const sets = news.map(({ column }, n) => `${quoted(column.name)} = $${n + 1}::${column.type}`).join(', ');
      const where = key.map((one, n) => `${quoted(one)}::text = $${news.length + n + 1}`).join(' and ');
      await client.query(`update ${quoted(name)} set ${sets} where ${where}`, [
        ...news.map(({ column, value }) => stored(column, value)),
        ...(row['imas_key'] as string[]),
      ]);
    }
    return { changed, last: rows.length < rowsPerStep ? null : (rows.at(-1)?.['imas_key'] as string[]) };
  });
}

const isJson = ({ type }: Column): boolean => type === 'json' || type === 'jsonb';

/** https://tc39.es/proposal-json-parse-with-source/ */
const sourced = JSON as unknown as {
  parse(text: string, revive: (name: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
};

/** Numbers that JavaScript would round stay as they are written. */
const exactly = (text: unknown): unknown =>
  typeof text === 'string'
    ? sourced.parse(text, (_, value, { source }) =>
        typeof value === 'number' && source !== undefined && String(value) !== source ? sourced.rawJSON(source) : value,
      )
    : text;

const stored = ({ type }: Column, value: unknown): unknown =>
  type === 'text' ? storableText(value as string) : type === 'text[]' ? value : storable(value);

/** Also as JSON may have them: quoted, or in ASCII alone. */
function needlesOf({ needles }: Replacer): string[] {
  const forms = needles.flatMap((needle) => {
    const inJson = JSON.stringify(needle).slice(1, -1);
    const inAscii = inJson.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return [needle, inJson, inAscii];
  });
  return [...new Set(forms)];
}
