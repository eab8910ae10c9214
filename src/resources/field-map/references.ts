import type { EntityManager } from '@mikro-orm/postgresql';
import type { FieldError } from '../../domain/field-path.ts';
import { invalid } from './refusal.ts';

/** What an id can point to. */
export interface Target {
  /** As in the URL: `impact-scopes`. */
  readonly path: string;
  /** `impact scope`. */
  readonly one: string;
  readonly table: string;
  /** The SQL expression for what people call it. */
  readonly titleSql: string;
  /**
   * A SELECT of texts that say where its JSON documents name the id `wanted.id`, since no foreign key watches
   * those. Ids are UUIDs, so that their text can be searched.
   */
  readonly mentionsSql: string | null;
}

/** By path. */
export type Targets = ReadonlyMap<string, Target>;

/** Where references are looked up. */
export interface Lookup {
  readonly em: EntityManager;
  readonly targets: Targets;
}

export interface Reference {
  /** Where in the body it stands: `levels[0].targets[1].id`. */
  readonly field: string;
  /** The path of the resource that it points to. */
  readonly to: string;
  readonly id: string;
}

export interface Ref {
  readonly id: string;
  readonly name: string;
}

export function targetOf(targets: Targets, path: string): Target {
  const target = targets.get(path);
  if (target === undefined) throw new Error(`there is no resource ${path}`);
  return target;
}

/** @throws Refusal that names every field whose id is unknown. */
export async function requireReferences({ em, targets }: Lookup, references: readonly Reference[]): Promise<void> {
  const errors: FieldError[] = [];
  for (const [to, group] of Map.groupBy(references, (reference) => reference.to)) {
    const { table, one } = targetOf(targets, to);
    const rows = await em.execute<{ id: string }[]>(`select id from ${table} where id = any(?::uuid[])`, [
      `{${group.map((reference) => reference.id).join(',')}}`,
    ]);
    const known = new Set(rows.map((row) => row.id));
    for (const { field, id } of group) {
      if (!known.has(id)) errors.push({ field, reason: `there is no ${one} with this id` });
    }
  }
  if (errors.length > 0) throw invalid(errors);
}

/** Ids to `{id, name}`, for answers. */
export async function refsOf(
  { em, targets }: Lookup,
  to: string,
  ids: readonly (string | null)[],
): Promise<(id: string | null) => Ref | null> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return () => null;
  const { table, titleSql } = targetOf(targets, to);
  const rows = await em.execute<Ref[]>(`select id, ${titleSql} as name from ${table} where id = any(?::uuid[])`, [`{${wanted.join(',')}}`]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (id) => (id === null ? null : (byId.get(id) ?? null));
}

/** What still points to an id from inside a JSON document: `schedule Platform on call`. At most ten. */
export async function mentionsOf({ em, targets }: Lookup, id: string): Promise<string[]> {
  const selects = [...targets.values()].map((target) => target.mentionsSql).filter((sql) => sql !== null);
  if (selects.length === 0) return [];
  const rows = await em.execute<{ what: string }[]>(
    `with wanted as (select ?::text as id), mentions (what) as (${selects.join(' union all ')}) select what from mentions limit 10`,
    [id],
  );
  return rows.map((row) => row.what);
}
