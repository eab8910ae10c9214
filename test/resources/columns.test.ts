import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnNameOf } from '../../src/resources/field-map/field.ts';
import { entitiesOf } from '../../src/resources/field-map/resource.ts';
import { catalogue, resources } from '../../src/resources/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default_sql: string | null;
}

async function columnsOf(table: string): Promise<Map<string, ColumnRow>> {
  const { rows } = await database.pool.query<ColumnRow>(
    `select column_name as name, case data_type when 'ARRAY' then substr(udt_name, 2) || '[]' when 'timestamp with time zone' then 'timestamptz'
       else data_type end as type, is_nullable = 'YES' as nullable, column_default as default_sql
     from information_schema.columns where table_schema = 'public' and table_name = $1`,
    [table],
  );
  return new Map(rows.map((row) => [row.name, row]));
}

const valueOf = async (sql: string): Promise<unknown> =>
  (await database.pool.query<{ value: unknown }>(`select to_jsonb(${sql}) as value`)).rows[0]?.value;

const ofEveryRow = ['id', 'created_at', 'updated_at'];

describe.each(resources.map((resource) => [resource.path, resource] as const))('the fields of %s and its table', (_, resource) => {
  const fields = Object.entries(resource.fields).flatMap(([name, field]) =>
    field.column === null ? [] : [{ name, field, columnName: columnNameOf(name, field), column: field.column }],
  );

  it('have the same columns, of the same type, nullable alike', async () => {
    const columns = await columnsOf(resource.table);
    const declared = fields.map(({ columnName, column }) => `${columnName} ${column.type} ${column.nullable}`);
    const migrated = [...columns.values()]
      .filter(({ name }) => !ofEveryRow.includes(name))
      .map((row) => `${row.name} ${row.type} ${row.nullable}`);
    expect(declared.toSorted((a, b) => a.localeCompare(b))).toEqual(migrated.toSorted((a, b) => a.localeCompare(b)));
    expect(ofEveryRow.every((name) => columns.get(name)?.nullable === false)).toBe(true);
  });

  it('agree on defaults, where both have one', async () => {
    const columns = await columnsOf(resource.table);
    for (const { field, columnName } of fields) {
      const sql = columns.get(columnName)?.default_sql ?? null;
      if (sql !== null && !field.required) expect([columnName, field.default]).toEqual([columnName, await valueOf(sql)]);
    }
  });

  it('agree on what references point to, and on what is unique', async () => {
    for (const { field, columnName } of fields) {
      if (field.refersTo === null) continue;
      const { rows } = await database.pool.query<{ target: string }>(
        `select confrelid::regclass::text as target from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
         where c.contype = 'f' and c.conrelid = $1::regclass and a.attname = $2`,
        [resource.table, columnName],
      );
      expect(rows.map((row) => row.target)).toEqual([catalogue.get(field.refersTo)?.table]);
    }
    const { rows } = await database.pool.query<{ definition: string }>(
      `select pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = $1::regclass and indisunique`,
      [resource.table],
    );
    const unique = rows.flatMap(({ definition }) => /\(lower\((\w+)\)\)/.exec(definition)?.[1] ?? []);
    expect(unique).toEqual(resource.unique === null ? [] : [resource.unique]);
  });
});

it('every entity maps columns that are there, nullable alike', async () => {
  database.orm.discoverEntity(entitiesOf(resources));
  const metas = [...database.orm.getMetadata().getAll().values()];
  expect(metas.map((meta) => meta.tableName)).toEqual(expect.arrayContaining(['team_members', 'escalation_policy_versions', 'services']));
  for (const meta of metas) {
    const columns = await columnsOf(meta.tableName);
    for (const property of Object.values(meta.properties)) {
      const column = columns.get(property.fieldNames[0] ?? '');
      expect([meta.tableName, property.name, column?.nullable]).toEqual([meta.tableName, property.name, property.nullable ?? false]);
    }
  }
});
