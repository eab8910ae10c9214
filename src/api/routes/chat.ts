import { createRoute, z } from '@hono/zod-openapi';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { openProviders } from '../../connections/provider.ts';
import { createCall } from '../../connectors/call.ts';
import type { Connector, Inbound, SignedRequest } from '../../connectors/connector.ts';
import { typeOf } from '../../connectors/registry.ts';
import { conversationFor } from '../../conversation/for-provider.ts';
import { readDirectory } from '../../people/directory.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound, Problem } from '../problem.ts';
import { problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

type Speaking = Connector & { readonly inbound: Inbound<unknown> };

/** What is begun goes on after the answer, which vendors wait for no longer than three seconds. */
const workTimeoutMs = 30_000;

/** `/api/v1/slack/events/` and alike: requests that a vendor signs, by which people speak. Mounted below `/api/v1`, open to whoever signs. */
export function createChatRoutes(deps: ApiDeps) {
  const router = createRouter();
  const speaking = deps.registry.all.filter((connector): connector is Speaking => connector.inbound !== undefined);
  for (const connector of speaking) {
    for (const path of connector.inbound.paths) {
      const described = route(connector, path);
      router.openAPIRegistry.registerPath(described);
      // What is answered is the vendor's affair, and of no schema of ours.
      router.post(described.path, async (c) => {
        const body = new Uint8Array(await c.req.raw.arrayBuffer());
        const request: SignedRequest = { path, headers: c.req.header(), body, nowMs: Date.now() };
        const answer = await receive(deps, connector, request);
        return answer.body === null ? c.body(null, answer.status) : c.json(answer.body as object, answer.status);
      });
    }
  }
  return router;
}

const route = ({ id, title }: Speaking, path: string) =>
  createRoute({
    method: 'post',
    path: `/${id}/${path}`,
    tags: ['chats'],
    summary: `Receive ${path} from ${title}`,
    description: `For ${title} alone: each request’s signature is checked over its raw body, for every active provider of the type. Returns 401 if it is nobody’s.`,
    security: [],
    responses: {
      200: { description: 'Taken; what is answered is for the vendor.', content: { 'application/json': { schema: z.unknown() } } },
      ...problems(401, 404, 413),
    },
  });

/** @throws Problem 404 where no provider of this type is set up, 401 where none has this signature */
async function receive(
  deps: ApiDeps,
  connector: Speaking,
  request: SignedRequest,
): Promise<{ body: unknown; status: ContentfulStatusCode }> {
  const opened = (await openProviders(deps, typeOf(connector))).flatMap((one) => (one.ok ? [one.value] : []));
  if (opened.length === 0) throw notFound('provider');
  const provider = opened.find(({ config }) => connector.inbound.verify(config, request));
  if (provider === undefined) throw new Problem(401, `This request carries no valid signature of ${connector.title}, or an old one.`);
  const { pool } = deps.database;
  const call = createCall(connector, {
    config: provider.config,
    door: deps.egress,
    actId: crypto.randomUUID(),
    signal: AbortSignal.timeout(workTimeoutMs),
  });
  const directory = () => readDirectory({ pool, registry: deps.registry, secrets: deps.secrets });
  const { incidents, log } = deps;
  const on = conversationFor({ pool, incidents, baseUrl: deps.config.baseUrl, directory, log }, provider, call);
  const { status, body, later } = await connector.inbound.receive(call, request, on);
  void later?.then(
    (failure) => failure !== null && deps.log.warn({ provider: provider.id, reason: failure.reason.code }, 'a late answer did not arrive'),
    (error: unknown) => deps.log.error({ err: error, provider: provider.id }, 'what was said in a chat could not be done'),
  );
  return { status: status as ContentfulStatusCode, body };
}
