import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { EntitySchema, FilterQuery } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { SignedIn } from './auth/signed-in.ts';
import type { ApiDeps } from './deps.ts';
import { containing } from './keyset.ts';
import { decodeOffset, encodeOffset, pageAnswer, pageQuery } from './paging.ts';
import { notFound, Problem } from './problem.ts';
import { mentionsOf } from './references.ts';
import { IdParam, jsonBody, jsonResponse, listOf, problems } from './route-parts.ts';
import { type ApiEnv, createRouter } from './router.ts';

export interface Row {
  id: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface WriteContext<R extends Row> {
  readonly em: EntityManager;
  readonly deps: ApiDeps;
  readonly signedIn: SignedIn;
  /** The row's id, also of one that is being made. */
  readonly id: string;
  /** As it stands; null while one is made. */
  readonly row: R | null;
}

/** One kind of thing that people configure: what it looks like, and what is special about it. */
export interface Collection<R extends Row, Read extends z.ZodObject, Fields extends z.ZodObject> {
  /** As in the URL: `impact-scopes`. */
  readonly path: string;
  /** `impact scope`. */
  readonly one: string;
  readonly entity: EntitySchema<R>;
  /** A named OpenAPI schema. */
  readonly read: Read;
  /** What may be written. Without defaults: a PATCH would apply them; the table has them. */
  readonly fields: Fields;
  readonly required: readonly (keyof z.infer<Fields> & string)[];
  readonly searchIn: readonly (keyof R & string)[];
  /** By query parameter. */
  readonly filters: Readonly<Record<string, Filter<R>>>;
  /** Wire name to property; `-name` turns it round. The first is the default. */
  readonly orderings: Readonly<Record<string, keyof R & string>>;
  present(rows: readonly R[], context: { em: EntityManager; deps: ApiDeps }): Promise<z.infer<Read>[]>;
  /** Checks what the schema cannot, and turns the body into columns. @throws Problem */
  columns(body: Partial<z.infer<Fields>>, context: WriteContext<R>): Promise<Partial<R>>;
  /** What is kept in other tables; in the same transaction. */
  afterWrite?(body: Partial<z.infer<Fields>>, context: WriteContext<R> & { readonly row: R }): Promise<void>;
  /** @throws Problem where it must stay. */
  beforeDelete?(row: R, context: WriteContext<R>): Promise<void>;
}

/** `?team=<id>`: the rows whose property has this value. */
export interface Filter<R> {
  readonly schema: z.ZodType;
  readonly property: keyof R & string;
}

/** List, read, make, change and delete, mounted at the collection's path. */
export function createCollectionRoutes<R extends Row, Read extends z.ZodObject, Fields extends z.ZodObject>(
  collection: Collection<R, Read, Fields>,
  deps: ApiDeps,
): OpenAPIHono<ApiEnv> {
  const { one, path, entity } = collection;
  const router = createRouter();
  const routes = routesOf(collection);
  const fork = (): EntityManager => deps.database.orm.em.fork() as EntityManager;

  async function find(em: EntityManager, id: string): Promise<R> {
    const row = await em.findOne(entity, { id } as FilterQuery<R>);
    if (row === null) throw notFound(one);
    return row as R;
  }
  async function present(em: EntityManager, row: R): Promise<z.infer<Read>> {
    const [wire] = await collection.present([row], { em, deps });
    if (wire === undefined) throw notFound(one);
    return wire;
  }

  router.openapi(routes.list, async (c) => {
    const query = c.req.valid('query') as z.infer<z.ZodObject<typeof pageQuery>> & Record<string, unknown>;
    const em = fork();
    const offset = decodeOffset(query.cursor);
    const where = whereOf(collection, query);
    const [rows, count] = await em.findAndCount(entity, where, {
      limit: query.limit,
      offset,
      orderBy: orderOf(collection, query['ordering']) as never,
    });
    const results = await collection.present(rows as R[], { em, deps });
    const next = offset + query.limit < count ? encodeOffset(offset + query.limit) : null;
    const previous = offset > 0 ? encodeOffset(Math.max(0, offset - query.limit)) : null;
    return c.json(pageAnswer(c, deps.config, { count, next, previous }, results) as never);
  });

  router.openapi(routes.read, async (c) => {
    const em = fork();
    return c.json((await present(em, await find(em, c.req.valid('param').id))) as never);
  });

  router.openapi(routes.create, async (c) => {
    const body = c.req.valid('json') as Partial<z.infer<Fields>>;
    const signedIn = c.get('signedIn');
    const wire = await fork().transactional(async (em) => {
      const id = crypto.randomUUID();
      const columns = await collection.columns(body, { em, deps, signedIn, id, row: null });
      const row = em.create(entity, { id, ...columns } as never) as R;
      await em.persist(row).flush();
      await collection.afterWrite?.(body, { em, deps, signedIn, id, row });
      return present(em, row);
    });
    c.header('Location', `/api/v1/${path}/${String(wire['id'])}/`);
    return c.json(wire as never, 201);
  });

  router.openapi(routes.update, async (c) => {
    const { id } = c.req.valid('param');
    const body = c.req.valid('json') as Partial<z.infer<Fields>>;
    const signedIn = c.get('signedIn');
    const wire = await fork().transactional(async (em) => {
      const row = await find(em, id);
      const columns = await collection.columns(body, { em, deps, signedIn, id, row });
      em.assign(row, columns as never);
      await em.flush();
      await collection.afterWrite?.(body, { em, deps, signedIn, id, row });
      return present(em, row);
    });
    return c.json(wire as never);
  });

  router.openapi(routes.remove, async (c) => {
    const { id } = c.req.valid('param');
    const signedIn = c.get('signedIn');
    await fork().transactional(async (em) => {
      const row = await find(em, id);
      await collection.beforeDelete?.(row, { em, deps, signedIn, id, row });
      const mentions = await mentionsOf(em, id);
      if (mentions.length > 0) throw new Problem(409, `This ${one} is still used by ${mentions.join(', ')}.`);
      await em.remove(row).flush();
    });
    return c.body(null, 204);
  });

  return router;
}

function routesOf<R extends Row, Read extends z.ZodObject, Fields extends z.ZodObject>(collection: Collection<R, Read, Fields>) {
  const { one, path, read, fields } = collection;
  const name = one
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  const optional = Object.keys(fields.shape).filter((key) => !collection.required.includes(key as never));
  const Create = fields.partial(Object.fromEntries(optional.map((key) => [key, true])) as never).openapi(`${name}Create`);
  const Update = fields.partial().openapi(`${name}Update`);
  const orderings = Object.keys(collection.orderings).flatMap((key) => [key, `-${key}`]);
  const query = z.object({
    ...pageQuery,
    ordering: z.enum(orderings as [string, ...string[]]).optional(),
    ...Object.fromEntries(Object.entries(collection.filters).map(([key, { schema }]) => [key, schema.optional()])),
  });
  const tags = [path];
  return {
    list: createRoute({
      method: 'get',
      path: '/',
      tags,
      summary: `List ${path.replaceAll('-', ' ')}`,
      request: { query },
      responses: { 200: jsonResponse(listOf(read, `${name}List`), 'A page of them.'), ...problems(401, 422) },
    }),
    read: createRoute({
      method: 'get',
      path: '/{id}',
      tags,
      summary: `Read one ${one}`,
      request: { params: IdParam },
      responses: { 200: jsonResponse(read, 'It.'), ...problems(401, 404) },
    }),
    create: createRoute({
      method: 'post',
      path: '/',
      tags,
      summary: `Make one ${one}`,
      request: jsonBody(Create),
      responses: { 201: jsonResponse(read, 'Made.'), ...problems(400, 401, 403, 409, 422) },
    }),
    update: createRoute({
      method: 'patch',
      path: '/{id}',
      tags,
      summary: `Change one ${one}: only what the body names`,
      request: { params: IdParam, ...jsonBody(Update) },
      responses: { 200: jsonResponse(read, 'Changed.'), ...problems(400, 401, 403, 404, 409, 422) },
    }),
    remove: createRoute({
      method: 'delete',
      path: '/{id}',
      tags,
      summary: `Delete one ${one}; refused while something uses it`,
      request: { params: IdParam },
      responses: { 204: { description: 'Deleted.' }, ...problems(401, 403, 404, 409) },
    }),
  };
}

function whereOf<R extends Row>(
  collection: Pick<Collection<R, z.ZodObject, z.ZodObject>, 'filters' | 'searchIn'>,
  query: Readonly<Record<string, unknown>>,
): FilterQuery<R> {
  const parts: FilterQuery<R>[] = [];
  for (const [key, { property }] of Object.entries(collection.filters)) {
    if (query[key] !== undefined) parts.push({ [property]: query[key] } as FilterQuery<R>);
  }
  const pattern = containing(query['search'] as string | undefined);
  if (pattern !== undefined) parts.push({ $or: collection.searchIn.map((key) => ({ [key]: { $ilike: pattern } })) } as FilterQuery<R>);
  return (parts.length === 0 ? {} : { $and: parts }) as FilterQuery<R>;
}

function orderOf<R extends Row>(
  collection: Pick<Collection<R, z.ZodObject, z.ZodObject>, 'orderings'>,
  ordering: unknown,
): Record<string, 'asc' | 'desc'>[] {
  const wanted = typeof ordering === 'string' ? ordering : (Object.keys(collection.orderings)[0] ?? 'name');
  const property = collection.orderings[wanted.replace(/^-/, '')] ?? 'id';
  return [{ [property]: wanted.startsWith('-') ? 'desc' : 'asc' }, { id: 'asc' }];
}
