import { randomUUID } from 'node:crypto';
import { defineEntity, type EntitySchema, p } from '@mikro-orm/core';
import { columnNameOf, type ColumnType, type Fields } from './field.ts';

const builders = {
  text: () => p.text(),
  'text[]': () => p.array(),
  integer: () => p.integer(),
  boolean: () => p.boolean(),
  uuid: () => p.uuid(),
  jsonb: () => p.json(),
  bytea: () => p.blob(),
  timestamptz: () => p.datetime(),
} satisfies Record<ColumnType, () => unknown>;

/** What every row of configuration has. */
const rowProperties = {
  id: p
    .uuid()
    .primary()
    .onCreate(() => randomUUID()),
  created_at: p
    .datetime()
    .fieldName('created_at')
    .onCreate(() => new Date()),
  updated_at: p
    .datetime()
    .fieldName('updated_at')
    .onCreate(() => new Date())
    .onUpdate(() => new Date()),
};

/**
 * What the ORM needs. Properties are called as the fields are, secrets as their columns. Defaults are not its business:
 * `writeResource` fills them in.
 */
export function entityOf(name: string, table: string, fields: Fields): EntitySchema {
  const properties = Object.entries(fields).flatMap(([fieldName, field]) => {
    const { column, place } = field;
    if (column === null) return [];
    const columnName = columnNameOf(fieldName, field);
    const property = builders[column.type]().fieldName(columnName);
    return [[place === 'secret' ? columnName : fieldName, column.nullable ? property.nullable() : property] as const];
  });
  return defineEntity({
    name,
    tableName: table,
    properties: { ...rowProperties, ...Object.fromEntries(properties) },
  }) as unknown as EntitySchema;
}
