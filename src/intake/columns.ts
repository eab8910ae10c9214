/**
 * Of many rows, each column is one parameter: an array where its values need no quotes, JSON where they are anybody's text, and where
 * they are JSON themselves, their texts one after another with a character between that JSON has but escaped (RFC 8259 §7).
 */
const separator = '\x1e';

/** An array as Postgres reads it, of words that need no quotes: ids, numbers and our own vocabulary. */
export const arrayOf = (values: readonly (string | number | null)[]): string => `{${values.map((value) => value ?? 'null').join()}}`;

const texts = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(separator);

const array = (type: string) => ({
  write: (values: readonly unknown[]) => arrayOf(values as (string | number | null)[]),
  read: (parameter: string) => `unnest(${parameter}::${type}[])`,
});
const json = (type: string) => ({
  write: texts,
  read: (parameter: string) => `unnest(string_to_array(${parameter}, E'\\x1e'))::${type}`,
});

/** How the values of a column travel. */
const kinds = {
  uuid: array('uuid'),
  bigint: array('bigint'),
  integer: array('integer'),
  smallint: array('smallint'),
  /** A word of our own vocabulary. */
  word: array('text'),
  /** Anybody's text. */
  text: {
    write: (values: readonly unknown[]) => JSON.stringify(values),
    read: (parameter: string) => `json_array_elements_text(${parameter}::json)`,
  },
  /** Epoch milliseconds, or null. */
  instant: {
    write: array('float8').write,
    read: (parameter: string) => `to_timestamp(unnest(${parameter}::float8[]) / 1000)`,
  },
  json: json('json'),
  jsonb: json('jsonb'),
} as const;

/** Name, kind, and what a row has there. */
export type Column<Row> = readonly [name: string, kind: keyof typeof kinds, value: (row: Row) => unknown];

/** `insert into <table> (…) select …` of rows whose columns are the parameters from this number on. */
export function insertOf<Row>(table: string, columns: readonly Column<Row>[], firstParameter: number): string {
  const names = columns.map(([name]) => name).join(', ');
  const values = columns.map(([, kind], index) => kinds[kind].read(`$${firstParameter + index}`)).join(', ');
  return `insert into ${table} (${names}) select ${values}`;
}

/** The parameters of these rows, a column each. */
export const parametersOf = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] =>
  columns.map(([, kind, value]) => kinds[kind].write(rows.map(value)));
