import { z } from 'zod';
import type { Registry } from '../../connectors/registry.ts';
import type { Group, Rights } from '../../domain/permissions.ts';
import { type Field, readNameOf } from './field.ts';
import type { Resource } from './resource.ts';

export type FieldKind = 'text' | 'long_text' | 'number' | 'boolean' | 'choice' | 'list' | 'reference' | 'secret' | 'json';

/** A field as forms and docs show it. */
export interface ResourceField {
  readonly name: string;
  /** The name under which it is answered; null where it never comes back. */
  readonly read_name: string | null;
  readonly label: string;
  /** Markdown, one line. */
  readonly help: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly nullable: boolean;
  /** What a new one has when it is not given. */
  readonly default: unknown;
  /** For `choice`. */
  readonly options: readonly string[];
  /** For `reference`: the path of the resource whose ids it takes. */
  readonly refers_to: string | null;
  /** Goes in and never comes out: the answer says only whether there is one. */
  readonly is_secret: boolean;
  readonly is_read_only: boolean;
  readonly readers: Group;
  /** Null: only the system writes it. */
  readonly writers: Group | null;
}

export interface ResourceDescription {
  readonly path: string;
  readonly name: string;
  /** Markdown. */
  readonly about: string;
  readonly readers: Rights['readers'];
  readonly writers: Rights['writers'];
  readonly fields: readonly ResourceField[];
  readonly search_by: readonly string[];
  readonly filter_by: readonly string[];
  readonly order_by: readonly string[];
  readonly example: Readonly<Record<string, unknown>>;
}

export function describeResource(resource: Resource, registry: Registry): ResourceDescription {
  return {
    path: resource.path,
    name: resource.one,
    about: resource.about,
    readers: resource.rights.readers,
    writers: resource.rights.writers,
    fields: Object.entries(resource.fields).map(([name, field]) => describeField(name, field, registry)),
    search_by: resource.searchBy,
    filter_by: resource.filterBy,
    order_by: resource.orderBy,
    example: resource.example,
  };
}

function describeField(name: string, field: Field, registry: Registry): ResourceField {
  const schema = field.write ?? field.read;
  const options = field.choices?.(registry) ?? optionsOf(schema);
  return {
    name,
    read_name: field.read === null && field.place !== 'secret' ? null : readNameOf(name, field),
    label: field.label,
    help: field.help,
    kind: options.length > 0 ? 'choice' : kindOf(field),
    required: field.required,
    nullable: schema?.isNullable() ?? false,
    default: field.default ?? null,
    options,
    refers_to: field.refersTo,
    is_secret: field.place === 'secret',
    is_read_only: field.write === null,
    readers: field.rights.readers,
    writers: field.write === null ? null : field.rights.writers,
  };
}

function kindOf({ place, isLong, write, read }: Field): FieldKind {
  if (place === 'reference' || place === 'secret') return place;
  const { type, items } = jsonSchemaOf(write ?? read);
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'string') return isLong ? 'long_text' : 'text';
  return type === 'array' && items?.type === 'string' ? 'list' : 'json';
}

const optionsOf = (schema: z.ZodType | null): readonly string[] => jsonSchemaOf(schema).enum ?? [];

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** Of what is given; of a nullable one, what it is when it is not null. */
function jsonSchemaOf(schema: z.ZodType | null): JsonSchema {
  if (schema === null) return {};
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return whole.anyOf?.find(({ type }) => type !== 'null') ?? whole;
}
