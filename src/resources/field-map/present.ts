import { may } from '../../domain/permissions.ts';
import { columnNameOf, readNameOf } from './field.ts';
import { refsOf } from './references.ts';
import type { AnyRow, Context, Resource, WireRow, Writer } from './resource.ts';

/** Rows as the API answers them, to those who may read everything. */
export async function presentRows(resource: Resource, rows: readonly AnyRow[], context: Context): Promise<WireRow[]> {
  const fields = Object.entries(resource.fields);
  const refs = new Map<string, Awaited<ReturnType<typeof refsOf>>>();
  for (const [name, { refersTo }] of fields) {
    if (refersTo === null) continue;
    const ids = rows.map((row) => (row[name] ?? null) as string | null);
    refs.set(name, await refsOf(context, refersTo, ids));
  }
  const special = await resource.present?.(rows as never, context);
  return rows.map((row, index) => {
    const own = special?.[index] as WireRow | undefined;
    const answered = fields.flatMap(([name, field]) => {
      if (field.place === 'secret') return [[readNameOf(name, field), (row[columnNameOf(name, field)] ?? null) !== null]];
      if (field.read === null) return [];
      if (own?.[name] !== undefined) return [[name, own[name]]];
      const value = row[name] ?? null;
      const ref = refs.get(name);
      if (ref === undefined) return [[name, value instanceof Date ? value.toISOString() : value]];
      return [[name, value === null ? null : (ref(value as string) ?? { id: value, name: '' })]];
    });
    const { id, created_at: createdAt, updated_at: updatedAt } = row as unknown as { id: string; created_at: Date; updated_at: Date };
    return { id, created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString(), ...Object.fromEntries(answered) };
  });
}

/** Without the fields that this reader may not see. */
export function shownTo(reader: Writer, { fields }: Resource, row: WireRow): WireRow {
  const hidden = Object.entries(fields).filter(([, field]) => !may(reader, 'read', field.rights));
  if (hidden.length === 0) return row;
  const names = new Set(hidden.map(([name, field]) => readNameOf(name, field)));
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.has(name)));
}
