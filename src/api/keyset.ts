import type { Pool } from 'pg';
import { decodeKeyset, encodeKeyset, type Keyset } from './list-answer.ts';

/** A list over a table that may have millions of rows: no OFFSET, and counting stops at `countLimit`. */
export interface KeysetList {
  /** What to select, beside the ordering value and the id. */
  readonly columns: string;
  readonly from: string;
  /** Joins to `from` (by its alias) that add no row and take none: made for the rows of the page alone. */
  readonly joins?: { readonly to: string; readonly text: string };
  readonly conditions: Conditions;
  /** An expression that is never null, with the type it is compared as. */
  readonly order: { readonly by: string; readonly type: 'timestamptz' | 'text' | 'integer'; readonly descending: boolean };
  readonly id: { readonly column: string; readonly type: 'uuid' | 'bigint' | 'integer' | 'text' };
  readonly cursor: string | undefined;
  readonly limit: number;
  /**
   * For conditions that no index helps: looks at no more than this many rows of the table (`from` then names a table and
   * nothing else) for one page. A page may then have fewer rows than its limit, or none, though `next` leads on.
   */
  readonly window?: number | undefined;
}

export interface KeysetRows<Row> {
  readonly rows: Row[];
  /** Exact up to `countLimit`, which then means "as many or more". With a window: what the first one has. */
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
}

export const countLimit = 10_000;

/** Parts of a WHERE with their values. */
export interface Conditions {
  readonly texts: string[];
  readonly values: unknown[];
  /** `?` in the text is the value. Does nothing for undefined, so that a filter not given is one not used. */
  add(text: string, value: unknown): void;
}

export function conditions(): Conditions {
  const texts: string[] = [];
  const values: unknown[] = [];
  return {
    texts,
    values,
    add(text, value) {
      if (value === undefined) return;
      values.push(value);
      texts.push(text.replaceAll('?', `$${values.length}`));
    },
  };
}

/** A pattern for `ilike`: the text anywhere, as it is; undefined for nothing to search by. */
export function containing(text: string | undefined): string | undefined {
  const searched = text?.trim() ?? '';
  return searched === '' ? undefined : `%${searched.replace(/[\\%_]/g, '\\$&')}%`;
}

interface Edge {
  readonly keyset_value: string;
  readonly keyset_id: string;
}

export async function readKeyset<Row>(pool: Pool, list: KeysetList): Promise<KeysetRows<Row>> {
  const { order, id, limit, window, conditions: filters } = list;
  const keyset = decodeKeyset(list.cursor);
  const back = keyset?.back ?? false;
  const direction = order.descending === back ? 'asc' : 'desc';
  const edge = `(${order.by})::text as keyset_value, ${id.column}::text as keyset_id`;
  const ordered = (way: 'asc' | 'desc'): string => `order by ${order.by} ${way}, ${id.column} ${way}`;
  const after = keyset === null ? [] : [afterKeyset(list, direction, filters.values.length + 1)];
  const values = keyset === null ? filters.values : [...filters.values, keyset.value, keyset.id];

  const first = order.descending ? 'desc' : 'asc';
  const countFrom = window === undefined ? list.from : `(select * from ${list.from} ${ordered(first)} limit ${window}) windowed`;
  const counting = pool.query<{ count: number }>(
    `select count(*)::int as count from (select 1 from ${countFrom} ${whereOf(filters.texts)} limit ${countLimit}) counted`,
    filters.values,
  );
  const from =
    window === undefined ? list.from : `(select * from ${list.from} ${whereOf(after)} ${ordered(direction)} limit ${window}) windowed`;
  const shown = `${from} ${whereOf(window === undefined ? [...filters.texts, ...after] : filters.texts)} ${ordered(direction)} limit ${limit + 1}`;
  const paging = pool.query<Row & Edge>(
    list.joins === undefined
      ? `select ${list.columns}, ${edge} from ${shown}`
      : `select ${list.columns}, ${edge} from (select * from ${shown}) ${list.joins.to} ${list.joins.text} ${ordered(direction)}`,
    values,
  );
  const [{ rows: counted }, { rows: found }] = await Promise.all([counting, paging]);
  const more = found.length > limit;
  const rows = found.slice(0, limit);
  const onward = more ? rows.at(-1) : window === undefined ? undefined : await windowEnd(pool, list, keyset, direction);
  if (back) rows.reverse();
  const cursor = (row: Edge | undefined, towardsStart: boolean): string | null =>
    row === undefined ? null : encodeKeyset({ value: row.keyset_value, id: row.keyset_id, back: towardsStart });
  return {
    rows,
    count: counted[0]?.count ?? 0,
    next: back ? cursor(rows.at(-1), false) : cursor(onward, false),
    previous: back ? cursor(onward, true) : keyset === null ? null : cursor(rows[0], true),
  };
}

/** The last row that the window has, if it is full: there the next page goes on. */
async function windowEnd(pool: Pool, list: KeysetList, keyset: Keyset | null, direction: 'asc' | 'desc'): Promise<Edge | undefined> {
  const { order, id, window } = list;
  const after = keyset === null ? [] : [afterKeyset(list, direction, 1)];
  const { rows } = await pool.query<Edge>(
    `select (${order.by})::text as keyset_value, ${id.column}::text as keyset_id from ${list.from} ${whereOf(after)}
     order by ${order.by} ${direction}, ${id.column} ${direction} offset ${(window ?? 1) - 1} limit 1`,
    keyset === null ? [] : [keyset.value, keyset.id],
  );
  return rows[0];
}

function afterKeyset({ order, id }: KeysetList, direction: 'asc' | 'desc', firstValue: number): string {
  const edge = `($${firstValue}::${order.type}, $${firstValue + 1}::${id.type})`;
  return `(${order.by}, ${id.column}) ${direction === 'desc' ? '<' : '>'} ${edge}`;
}

const whereOf = (texts: readonly string[]): string => (texts.length === 0 ? '' : `where ${texts.join(' and ')}`);
