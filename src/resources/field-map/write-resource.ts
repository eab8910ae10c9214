import type { EntityManager } from '@mikro-orm/postgresql';
import { configurationLock } from '../../contract/locks.ts';
import { may } from '../../domain/permissions.ts';
import { columnNameOf } from './field.ts';
import { presentRows } from './present.ts';
import { mentionsOf, requireReferences } from './references.ts';
import { conflict, invalid, Refusal } from './refusal.ts';
import type { AnyRow, Context, Resource, WireRow, WriteContext, Writer } from './resource.ts';

export type Write =
  | { readonly act: 'create'; readonly given: WireRow }
  | { readonly act: 'update'; readonly id: string; readonly given: WireRow }
  | { readonly act: 'delete'; readonly id: string };

/** What became of a row, as it is answered to those who may read all of it: secrets are masked. */
export interface Change {
  readonly resource: Resource;
  readonly act: Write['act'];
  readonly id: string;
  readonly by: Writer;
  /** Null where it is created. */
  readonly before: WireRow | null;
  /** Null where it is deleted. */
  readonly after: WireRow | null;
}

/** Sees every change in the transaction that makes it; when it throws, the change is not made. */
export type Witness = (change: Change, em: EntityManager) => Promise<void>;

export interface Writing extends Context {
  readonly by: Writer;
  readonly witness?: Witness | undefined;
}

/**
 * The one way in which configuration changes: checked, written and witnessed in one transaction, one after another. A reference
 * that lies in a JSON document is watched by no foreign key, and a masked secret means the one that is there.
 * @throws Refusal
 */
export async function writeResource(resource: Resource, write: Write, writing: Writing): Promise<Change> {
  return writing.em.fork().transactional(async (em) => {
    await (em as EntityManager).execute('select pg_advisory_xact_lock(?)', [configurationLock]);
    const context = { ...writing, em: em as EntityManager };
    const id = write.act === 'create' ? crypto.randomUUID() : write.id;
    const row = write.act === 'create' ? null : await findRow(resource, em as EntityManager, id);
    const [before = null] = row === null ? [] : await presentRows(resource, [row], context);
    const written = await doWrite(resource, write, { ...context, id, row });
    const [after = null] = written === null ? [] : await presentRows(resource, [written], context);
    const change: Change = { resource, act: write.act, id, by: writing.by, before, after };
    await writing.witness?.(change, em as EntityManager);
    return change;
  });
}

/** @throws Refusal */
export async function findRow({ entity, one }: Resource, em: EntityManager, id: string): Promise<AnyRow> {
  const row = await em.findOne(entity, { id } as never);
  if (row === null) throw new Refusal('unknown', `There is no such ${one}.`);
  return row as unknown as AnyRow;
}

async function doWrite(resource: Resource, write: Write, context: WriteContext<AnyRow>): Promise<AnyRow | null> {
  const { em, id } = context;
  if (write.act === 'delete') {
    await deleteRow(resource, context as WriteContext<AnyRow> & { row: AnyRow });
    return null;
  }
  refuseUnwritable(resource, write.given, context.by);
  checkChoices(resource, write.given, context);
  await checkReferences(resource, write.given, context);
  const special = await resource.beforeWrite?.(write.given as never, context as never);
  const columns = { ...(await columnsOf(resource, write.given, context)), ...special };
  let { row } = context;
  if (row === null) {
    row = em.create(resource.entity, { id, ...defaultsOf(resource), ...columns } as never) as unknown as AnyRow;
    em.persist(row);
  } else em.assign(row, columns as never);
  await em.flush();
  await resource.afterWrite?.(write.given as never, { ...context, row } as never);
  return row;
}

async function deleteRow(resource: Resource, context: WriteContext<AnyRow> & { readonly row: AnyRow }): Promise<void> {
  const { em, id, row } = context;
  await resource.beforeDelete?.(row as never, context as never);
  const mentions = await mentionsOf(context, id);
  if (mentions.length > 0) throw conflict(`This ${resource.one} is still used by ${mentions.join(', ')}.`);
  await em.remove(row).flush();
}

function refuseUnwritable({ fields }: Resource, given: WireRow, by: Writer): void {
  const errors = Object.keys(given)
    .filter((name) => given[name] !== undefined && fields[name] !== undefined && !may(by, 'write', fields[name].rights))
    .map((field) => ({ field, reason: 'only staff may change it' }));
  if (errors.length > 0) throw new Refusal('forbidden', invalid(errors).message, errors);
}

function checkChoices({ fields }: Resource, given: WireRow, { registry }: Context): void {
  const errors = Object.entries(fields).flatMap(([field, { choices }]) => {
    const value = given[field];
    const known = choices?.(registry) ?? null;
    return known === null || typeof value !== 'string' || known.includes(value)
      ? []
      : [{ field, reason: `must be one of ${known.join(', ')}` }];
  });
  if (errors.length > 0) throw invalid(errors);
}

async function checkReferences({ fields }: Resource, given: WireRow, context: Context): Promise<void> {
  const references = Object.entries(fields).flatMap(([field, { refersTo: to }]) => {
    const id = given[field];
    return to !== null && typeof id === 'string' ? [{ field, to, id }] : [];
  });
  await requireReferences(context, references);
}

/** Only what the body names: `undefined` would be written as null. */
async function columnsOf({ fields }: Resource, given: WireRow, { id, secrets }: WriteContext<AnyRow>): Promise<Record<string, unknown>> {
  const columns: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = given[name];
    if (value === undefined || field.column === null) continue;
    if (field.place !== 'secret') columns[name] = value;
    else columns[columnNameOf(name, field)] = typeof value === 'string' ? await field.store?.(value, { id, secrets }) : null;
  }
  return columns;
}

function defaultsOf({ fields }: Resource): Record<string, unknown> {
  const withDefault = Object.entries(fields).filter(([, field]) => field.column !== null && field.default !== undefined);
  return Object.fromEntries(withDefault.map(([name, field]) => [name, structuredClone(field.default)]));
}
