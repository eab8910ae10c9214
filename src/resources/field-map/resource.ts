import type { EntitySchema } from '@mikro-orm/core';
import type { Registry } from '../../connectors/registry.ts';
import { onConfiguration, type Rights } from '../../domain/permissions.ts';
import type { SecretBox } from '../../secrets/secret-box.ts';
import { entityOf } from './entity.ts';
import type { Field, Fields } from './field.ts';
import type { Lookup, Target } from './references.ts';
import { type Schemas, schemasOf } from './schemas.ts';

type TypesOf<F> = F extends Field<infer Given, infer Read, infer Stored> ? { given: Given; read: Read; stored: Stored } : never;
type Has<F, What extends 'given' | 'read' | 'stored'> = [TypesOf<F>[What]] extends [never] ? never : unknown;
type Names<F extends Fields, What extends 'given' | 'read' | 'stored'> = {
  [K in keyof F]: Has<F[K], What> extends never ? never : K;
}[keyof F] &
  string;
type SecretNames<F extends Fields> = Exclude<Names<F, 'given'>, Names<F, 'read'>>;

/** What a body may name. */
export type GivenOf<F extends Fields> = { [K in Names<F, 'given'>]?: TypesOf<F[K]>['given'] | undefined };

/** What is answered. */
export type ReadOf<F extends Fields> = { id: string; created_at: string; updated_at: string } & {
  [K in Names<F, 'read'>]: TypesOf<F[K]>['read'];
} & { [K in SecretNames<F> as `has_${K}`]: boolean };

/** What is stored in the resource's own table. References are ids; secrets are left out. */
export type RowOf<F extends Fields> = { id: string; created_at: Date; updated_at: Date } & {
  [K in Names<F, 'stored'>]: TypesOf<F[K]>['stored'];
};

/** Who changes something. */
export interface Writer {
  readonly username: string;
  readonly isStaff: boolean;
}

/** What a resource's own rules may use. */
export interface Context extends Lookup {
  readonly secrets: SecretBox;
  readonly registry: Registry;
  readonly baseUrl: string;
  /** This is a demo, which listens on the loopback alone. */
  readonly isDemo: boolean;
}

export interface WriteContext<Row> extends Context {
  readonly by: Writer;
  /** Also of a row that is being created. */
  readonly id: string;
  /** As it stands; null while it is created. */
  readonly row: Row | null;
}

/** What is special about one resource; everything else follows from its fields. */
interface Rules<F extends Fields> {
  /** Checks what the schema cannot, and gives columns that do not follow from the body. @throws Refusal */
  beforeWrite?(given: GivenOf<F>, context: WriteContext<RowOf<F>>): Promise<Partial<RowOf<F>> | void>;
  /** Writes what is kept in other tables; in the same transaction. */
  afterWrite?(given: GivenOf<F>, context: WriteContext<RowOf<F>> & { readonly row: RowOf<F> }): Promise<void>;
  /** @throws Refusal where it must stay. */
  beforeDelete?(row: RowOf<F>, context: WriteContext<RowOf<F>>): Promise<void>;
  /** What is derived, kept elsewhere, or answered otherwise than it is stored: for each row, in their order. */
  present?(rows: readonly RowOf<F>[], context: Context): Promise<readonly Partial<ReadOf<F>>[]>;
}

interface Declared<F extends Fields> extends Rules<F> {
  /** As in the URL: `impact-scopes`. */
  readonly path: string;
  /** `impact scope`. */
  readonly one: string;
  /** What it is, in a sentence or two for people. Markdown. */
  readonly about: string;
  readonly fields: F;
  readonly searchBy: readonly Names<F, 'stored'>[];
  readonly filterBy: readonly Names<F, 'stored'>[];
  /** The first is the default. */
  readonly orderBy: readonly (Names<F, 'stored'> | 'created_at' | 'updated_at')[];
  /** The field that no two have alike, in any case; null where there is none. */
  readonly unique: Names<F, 'stored'> | null;
  /** A body that creates one. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Sentences for the docs: when a change is refused, beyond what the fields say. */
  readonly refused?: { readonly create?: string; readonly update?: string; readonly delete?: string };
}

/** Of a resource whose fields are not known to the compiler, rows may hold anything. */
type EntityOf<F extends Fields> = string extends keyof F ? EntitySchema : EntitySchema<RowOf<F>>;

export interface Resource<F extends Fields = Fields> extends Target, Declared<F> {
  /** `ImpactScope`. */
  readonly name: string;
  /** `impact scopes`. */
  readonly many: string;
  readonly rights: Rights;
  readonly schemas: Schemas;
  readonly entity: EntityOf<F>;
  /** Tables beside its own. */
  readonly moreEntities: readonly EntitySchema[];
}

type Optional = 'table' | 'titleSql' | 'mentionsSql';

/** Declares one kind of thing that people configure. */
export function defineResource<const F extends Fields>(
  declared: Declared<F> & Partial<Pick<Target, Optional>> & { readonly rights?: Rights; readonly moreEntities?: readonly EntitySchema[] },
): Resource<F> {
  const name = declared.one
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  const table = declared.table ?? declared.path.replaceAll('-', '_');
  return {
    titleSql: 'name',
    mentionsSql: null,
    rights: onConfiguration,
    moreEntities: [],
    ...declared,
    table,
    name,
    many: declared.path.replaceAll('-', ' '),
    schemas: schemasOf(name, declared.fields),
    entity: entityOf(name, table, declared.fields) as EntityOf<F>,
  };
}

/** The tables of resources, for the ORM. */
export const entitiesOf = (resources: readonly Resource[]): EntitySchema[] =>
  resources.flatMap(({ entity, moreEntities }) => [entity, ...moreEntities]);

export type WireRow = Readonly<Record<string, unknown>>;

/** For what works on any resource. */
export type AnyRow = { readonly id: string } & Record<string, unknown>;
