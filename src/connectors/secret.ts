import { z } from 'zod';

/** `whole`: every value in the field. `named`: only what hangs under a name like `token` or `api_key`, so that the rest stays readable. */
export type Secrecy = 'whole' | 'named';

const secretFields = z.registry<{ secrecy: Secrecy }>();

/** A config field that is encrypted when stored, masked when read, and kept out of logs. */
export const secret = <T extends z.ZodType>(schema: T): T => mark(schema, 'whole');

/** A free-form field in which only the values under telling names are secrets: see `isSecretName`. */
export const secretsByName = <T extends z.ZodType>(schema: T): T => mark(schema, 'named');

const destinations = z.registry<{ isDestination: true }>();

/** A config field that says where or how the secrets beside it are sent (host, port, TLS): when it changes, they must be entered again. */
export function destination<T extends z.ZodType>(schema: T): T {
  const marked = schema.clone() as T;
  const known = secretFields.get(schema);
  if (known !== undefined) secretFields.add(marked, known);
  destinations.add(marked, { isDestination: true });
  return marked;
}

function mark<T extends z.ZodType>(schema: T, secrecy: Secrecy): T {
  const marked = schema.clone() as T;
  secretFields.add(marked, { secrecy });
  return marked;
}

const secretName =
  /(^|[_-])((api|access|secret|routing|integration|private)[_-]?key|token|secret|password|passwd|authorization|credentials?)$/i;

/** Whether a name inside a free-form field announces a secret: `token`, `api_key`, `apiKey`; `key` alone does not (Jira's `project.key`). */
export const isSecretName = (name: string): boolean => secretName.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));

/** How the top-level fields of a config schema are kept, where they hold secrets. */
export function secrecyOf(schema: z.ZodType): ReadonlyMap<string, Secrecy> {
  if (!(schema instanceof z.ZodObject)) return new Map();
  const fields = Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => [name, secrecyOfField(field)] as const);
  return new Map(fields.filter((entry): entry is readonly [string, Secrecy] => entry[1] !== undefined));
}

/** Names of the top-level fields of a config schema that hold secrets. */
export const secretFieldNames = (schema: z.ZodType): string[] => [...secrecyOf(schema).keys()];

/** The top-level fields that say where or how secrets are sent, by name. */
export function destinationFields(schema: z.ZodType): ReadonlyMap<string, z.ZodType> {
  if (!(schema instanceof z.ZodObject)) return new Map();
  const fields = Object.entries(schema.shape as Record<string, z.ZodType>);
  return new Map(fields.filter(([, field]) => isDestination(field)));
}

const innerOf = (field: z.ZodType): z.ZodType | undefined => (field as { def?: { innerType?: z.ZodType } }).def?.innerType;

function secrecyOfField(field: z.ZodType): Secrecy | undefined {
  const inner = innerOf(field);
  return secretFields.get(field)?.secrecy ?? (inner === undefined ? undefined : secrecyOfField(inner));
}

function isDestination(field: z.ZodType): boolean {
  const inner = innerOf(field);
  return destinations.get(field) !== undefined || (inner !== undefined && isDestination(inner));
}
