import { z } from '@hono/zod-openapi';
import type { Registry } from '../../connectors/registry.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { onConfiguration, type Rights } from '../../domain/permissions.ts';
import type { Ref } from './references.ts';
import { Id, RefRead } from './shapes.ts';

export type ColumnType = 'text' | 'text[]' | 'integer' | 'boolean' | 'uuid' | 'jsonb' | 'bytea' | 'timestamptz';

export interface Column {
  /** The field's own name when null. */
  readonly name: string | null;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/**
 * One field of a resource: everything there is to know of it. The type parameters are what callers give, what they get
 * back, and what its column holds; `never` where there is no such thing.
 */
export interface Field<Given = unknown, Read = unknown, Stored = unknown> {
  readonly place: 'column' | 'reference' | 'secret' | 'elsewhere' | 'derived';
  /** In people's words, as forms show it: `Owner Team`. */
  readonly label: string;
  /** One line for forms, docs and the API's description. */
  readonly help: string;
  /** Null: nobody gives it. */
  readonly write: z.ZodType | null;
  /** Null: it never comes back. */
  readonly read: z.ZodType | null;
  /** Null: kept elsewhere, or nowhere. */
  readonly column: Column | null;
  readonly required: boolean;
  /** What a new row has when it is not given; undefined where there is no such value. */
  readonly default: unknown;
  /** The path of the resource that its id points to. */
  readonly refersTo: string | null;
  readonly rights: Rights;
  /** What can be chosen, where it is not the schema's to say. */
  readonly choices: Choices | null;
  /** A text of several lines. */
  readonly isLong: boolean;
  /** What is stored of a secret. */
  readonly store?: StoreSecret;
  /** For the compiler alone. */
  readonly types?: { readonly given: Given; readonly read: Read; readonly stored: Stored };
}

export type Fields = Readonly<Record<string, Field>>;

/** What this installation can do decides. */
export type Choices = (registry: Registry) => readonly string[];

/** Makes of a secret what may lie in the database: a hash, or a sealed text bound to the row. */
export type StoreSecret = (secret: string, context: { readonly id: string; readonly secrets: SecretBox }) => unknown;

interface Said {
  readonly label: string;
  readonly help: string;
  /** Where it differs from the resource's usual rights. */
  readonly rights?: Rights;
}

interface Given<T> extends Said {
  readonly required?: true;
  readonly default?: T;
}

const base = { required: false, default: undefined, refersTo: null, rights: onConfiguration, choices: null, isLong: false } as const;

/** A column that people fill in. `read` says how it comes back where that is not as it was given. */
export function field<S extends z.ZodType, R extends z.ZodType = S>(
  options: Given<z.output<S>> & {
    readonly schema: S;
    readonly read?: R;
    readonly column?: Partial<Column>;
    readonly isLong?: true;
    readonly choices?: Choices;
  },
): Field<z.output<S>, z.output<R>, z.output<S>> {
  const { schema, read, column, ...said } = options;
  return {
    ...base,
    ...said,
    place: 'column',
    write: schema,
    read: read ?? readable(schema),
    column: { name: null, type: columnTypeOf(schema), nullable: schema.isNullable(), ...column },
  };
}

/** A column that only the system writes. */
export function readOnly<S extends z.ZodType>(
  options: Said & { readonly schema: S; readonly default: z.output<S> },
): Field<never, z.output<S>, z.output<S>> {
  const { schema, ...said } = options;
  return {
    ...base,
    ...said,
    place: 'column',
    write: null,
    read: schema,
    column: { name: null, type: columnTypeOf(schema), nullable: schema.isNullable() },
  };
}

/** The id of a row of another resource, answered as `{id, name}`; checked to exist. In the column `<field>_id`. */
export function reference(
  options: Given<never> & { readonly to: string; readonly nullable: true },
): Field<string | null, Ref | null, string | null>;
export function reference(options: Given<never> & { readonly to: string; readonly nullable?: false }): Field<string, Ref, string>;
export function reference(options: Given<never> & { readonly to: string; readonly nullable?: boolean }): Field {
  const { to, nullable = false, ...said } = options;
  return {
    ...base,
    ...said,
    place: 'reference',
    write: nullable ? Id.nullable() : Id,
    read: nullable ? RefRead.nullable() : RefRead,
    column: { name: null, type: 'uuid', nullable },
    refersTo: to,
  };
}

/** Goes in and never comes out: `secret` is answered as `has_secret`. Null takes it away. */
export function secret(
  options: Given<never> & {
    readonly schema: z.ZodType<string>;
    readonly column: Pick<Column, 'name' | 'type'>;
    readonly store: StoreSecret;
  },
): Field<string | null, never, never> {
  const { schema, column, ...said } = options;
  return { ...base, ...said, place: 'secret', write: schema.nullable(), read: null, column: { ...column, nullable: true } };
}

/** Given and answered like a column, but kept in other tables by the resource's own `afterWrite` and `present`. */
export function elsewhere<S extends z.ZodType, R extends z.ZodType = S>(
  options: Given<z.output<S>> & { readonly schema: S; readonly read?: R },
): Field<z.output<S>, z.output<R>, never> {
  const { schema, read, ...said } = options;
  return { ...base, ...said, place: 'elsewhere', write: schema, read: read ?? readable(schema), column: null };
}

/** Answered by the resource's own `present`, kept nowhere. */
export function derived<R extends z.ZodType>(options: Said & { readonly schema: R }): Field<never, z.output<R>, never> {
  const { schema, ...said } = options;
  return { ...base, ...said, place: 'derived', write: null, read: schema, column: null };
}

/** The name under which it is answered. */
export const readNameOf = (name: string, { place }: Pick<Field, 'place'>): string => (place === 'secret' ? `has_${name}` : name);

export function columnNameOf(name: string, { place, column }: Pick<Field, 'place' | 'column'>): string {
  return column?.name ?? (place === 'reference' ? `${name}_id` : name);
}

/** Without the limits that hold for what is given: they may change, and what is stored stays. */
function readable(schema: z.ZodType): z.ZodType {
  const def = schema.def as { type: string; innerType?: z.ZodType; element?: z.ZodType };
  if (def.type === 'nullable') return readable(def.innerType as z.ZodType).nullable();
  if (def.type === 'array') return z.array(readable(def.element as z.ZodType));
  if (def.type === 'string') return z.string();
  if (def.type === 'number') return z.number().int();
  return schema;
}

function columnTypeOf(schema: z.ZodType): ColumnType {
  const def = schema.def as { type: string; innerType?: z.ZodType };
  switch (def.type) {
    case 'nullable':
      return columnTypeOf(def.innerType as z.ZodType);
    case 'string':
    case 'enum':
      return 'text';
    case 'number':
      return 'integer';
    case 'boolean':
      return 'boolean';
    default:
      return 'jsonb';
  }
}
