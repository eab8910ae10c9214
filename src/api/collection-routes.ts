import { createRoute, z } from '@hono/zod-openapi';
import type { Field } from '../resources/field-map/field.ts';
import type { Resource } from '../resources/field-map/resource.ts';
import { Id } from '../resources/field-map/shapes.ts';
import { describeCalls } from './collection-texts.ts';
import { listQuery } from './list-answer.ts';
import { BooleanQuery, IdParam, jsonBody, jsonResponse, listOf, problems } from './route-parts.ts';

/** The five calls that every resource has, as the OpenAPI document shows them. */
export function collectionRoutes(resource: Resource) {
  const { one, many, name, schemas } = resource;
  const texts = describeCalls(resource);
  const tags = [resource.path];
  return {
    list: createRoute({
      method: 'get',
      path: '/',
      tags,
      ...texts.list,
      request: { query: queryOf(resource) },
      responses: { 200: jsonResponse(listOf(schemas.read, `${name}List`), `A page of ${many}.`), ...problems(401, 422) },
    }),
    read: createRoute({
      method: 'get',
      path: '/{id}',
      tags,
      ...texts.read,
      request: { params: IdParam },
      responses: { 200: jsonResponse(schemas.read, `The ${one}.`), ...problems(401, 404) },
    }),
    create: createRoute({
      method: 'post',
      path: '/',
      tags,
      ...texts.create,
      request: jsonBody(schemas.create, resource.example),
      responses: { 201: jsonResponse(schemas.read, `The new ${one}.`), ...problems(400, 401, 403, 409, 422) },
    }),
    update: createRoute({
      method: 'patch',
      path: '/{id}',
      tags,
      ...texts.update,
      request: { params: IdParam, ...jsonBody(schemas.update, Object.fromEntries(Object.entries(resource.example).slice(-1))) },
      responses: { 200: jsonResponse(schemas.read, `The ${one} as it is now.`), ...problems(400, 401, 403, 404, 409, 422) },
    }),
    remove: createRoute({
      method: 'delete',
      path: '/{id}',
      tags,
      ...texts.remove,
      request: { params: IdParam },
      responses: { 204: { description: `The ${one} is deleted.` }, ...problems(401, 403, 404, 409) },
    }),
  };
}

function queryOf({ fields, filterBy, orderBy }: Resource) {
  const orderings = orderBy.flatMap((name) => [name, `-${name}`]);
  const filters = filterBy.map((name) => [name, filterSchemaOf(fields[name] as Field).optional()]);
  return z.object({
    ...listQuery,
    ordering: z.enum(orderings as [string, ...string[]]).optional(),
    ...(Object.fromEntries(filters) as Record<string, z.ZodOptional>),
  });
}

/** What `?name=` takes. */
function filterSchemaOf({ place, write, read }: Field): z.ZodType {
  if (place === 'reference') return Id;
  const schema = withoutNull((write ?? read) as z.ZodType);
  if (schema.def.type === 'boolean') return BooleanQuery;
  return schema.def.type === 'enum' ? schema : z.string();
}

const withoutNull = (schema: z.ZodType): z.ZodType => (schema instanceof z.ZodNullable ? (schema.unwrap() as z.ZodType) : schema);
