import { z } from '@hono/zod-openapi';
import { type Fields, readNameOf } from './field.ts';
import { rowRead } from './shapes.ts';

export interface Schemas {
  readonly read: z.ZodObject;
  readonly create: z.ZodObject;
  /** Without defaults: a PATCH changes only what it names. */
  readonly update: z.ZodObject;
}

/** The named OpenAPI schemas `Service`, `ServiceCreate`, `ServiceUpdate`. */
export function schemasOf(name: string, fields: Fields): Schemas {
  const read: Record<string, z.ZodType> = {};
  const create: Record<string, z.ZodType> = {};
  const update: Record<string, z.ZodType> = {};
  for (const [fieldName, field] of Object.entries(fields)) {
    const description = field.help;
    if (field.write !== null) {
      const said = { description, ...(field.default !== undefined && { default: field.default }) };
      const given = field.write.openapi(said);
      create[fieldName] = field.required ? given : given.optional();
      update[fieldName] = field.write.openapi({ description }).optional();
    }
    const answered =
      field.place === 'secret'
        ? z.boolean().openapi({ description: `Whether there is one. ${description}` })
        : field.read?.openapi({ description });
    if (answered === undefined) continue;
    // Those who may not read it get an answer without it.
    read[readNameOf(fieldName, field)] = field.rights.readers === 'everyone' ? answered : answered.optional();
  }
  return {
    read: z.object({ ...rowRead, ...read }).openapi(name),
    create: z.strictObject(create).openapi(`${name}Create`),
    update: z.strictObject(update).openapi(`${name}Update`),
  };
}
