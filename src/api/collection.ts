import type { OpenAPIHono } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Catalogue } from '../resources/field-map/catalogue.ts';
import { presentRows, shownTo } from '../resources/field-map/present.ts';
import type { AnyRow, Context, Resource, WireRow } from '../resources/field-map/resource.ts';
import { findRow, type Witness, type Write, writeResource } from '../resources/field-map/write-resource.ts';
import { collectionRoutes } from './collection-routes.ts';
import type { ApiDeps } from './deps.ts';
import type { ApiEnv } from './env.ts';
import { containing } from './keyset.ts';
import { decodeOffset, encodeOffset, listAnswer } from './list-answer.ts';
import { createRouter } from './router.ts';

export interface CollectionDeps extends ApiDeps {
  readonly catalogue: Catalogue;
  readonly witness?: Witness | undefined;
}

/** What the rules of resources may use, with an entity manager of its own. */
export const contextOf = ({ database, secrets, registry, config, catalogue }: CollectionDeps): Context => ({
  em: database.orm.em.fork() as EntityManager,
  targets: catalogue,
  secrets,
  registry,
  baseUrl: config.baseUrl,
  isDemo: config.demo,
});

interface Query extends Readonly<Record<string, unknown>> {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** List, read, create, update and delete, mounted at the resource's path. */
export function createCollectionRoutes(resource: Resource, deps: CollectionDeps): OpenAPIHono<ApiEnv> {
  const router = createRouter();
  const routes = collectionRoutes(resource);

  router.openapi(routes.list, async (c) => {
    const query = c.req.valid('query') as Query;
    const context = contextOf(deps);
    const offset = decodeOffset(query.cursor);
    const [rows, count] = await context.em.findAndCount(resource.entity, whereOf(resource, query) as never, {
      limit: query.limit,
      offset,
      orderBy: orderOf(resource, query['ordering']) as never,
    });
    const results = await presentRows(resource, rows as unknown as AnyRow[], context);
    const next = offset + query.limit < count ? encodeOffset(offset + query.limit) : null;
    const previous = offset > 0 ? encodeOffset(Math.max(0, offset - query.limit)) : null;
    const shown = results.map((row) => shownTo(c.get('signedIn'), resource, row));
    return c.json(listAnswer(c, deps.config, { count, next, previous }, shown) as never);
  });

  router.openapi(routes.read, async (c) => {
    const context = contextOf(deps);
    const row = await findRow(resource, context.em, c.req.valid('param').id);
    const [wire] = await presentRows(resource, [row], context);
    return c.json(shownTo(c.get('signedIn'), resource, wire as WireRow) as never);
  });

  router.openapi(routes.create, async (c) => {
    const by = c.get('signedIn');
    const write: Write = { act: 'create', given: c.req.valid('json') };
    const { id, after } = await writeResource(resource, write, { ...contextOf(deps), by, witness: deps.witness });
    c.header('Location', `/api/v1/${resource.path}/${id}/`);
    return c.json(shownTo(by, resource, after as WireRow) as never, 201);
  });

  router.openapi(routes.update, async (c) => {
    const by = c.get('signedIn');
    const write: Write = { act: 'update', id: c.req.valid('param').id, given: c.req.valid('json') };
    const { after } = await writeResource(resource, write, { ...contextOf(deps), by, witness: deps.witness });
    return c.json(shownTo(by, resource, after as WireRow) as never);
  });

  router.openapi(routes.remove, async (c) => {
    const write: Write = { act: 'delete', id: c.req.valid('param').id };
    await writeResource(resource, write, { ...contextOf(deps), by: c.get('signedIn'), witness: deps.witness });
    return c.body(null, 204);
  });

  return router;
}

function whereOf({ filterBy, searchBy }: Resource, query: Query): Record<string, unknown> {
  const parts: Record<string, unknown>[] = filterBy.filter((name) => query[name] !== undefined).map((name) => ({ [name]: query[name] }));
  const pattern = containing(query['search'] as string | undefined);
  if (pattern !== undefined) parts.push({ $or: searchBy.map((name) => ({ [name]: { $ilike: pattern } })) });
  return parts.length === 0 ? {} : { $and: parts };
}

function orderOf({ orderBy }: Resource, ordering: unknown): Record<string, 'asc' | 'desc'>[] {
  const wanted = typeof ordering === 'string' ? ordering : String(orderBy[0]);
  return [{ [wanted.replace(/^-/, '')]: wanted.startsWith('-') ? 'desc' : 'asc' }, { id: 'asc' }];
}
