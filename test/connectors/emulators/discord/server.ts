import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startGateway, type Gateway } from './gateway.ts';
import { limited, Refusal } from './refusal.ts';
import { routes } from './routes.ts';
import { createWorld, type World } from './world.ts';

/** What goes wrong: before anything is done, or after it was. */
export type Trouble =
  | { readonly kind: 'limited'; readonly seconds: number; readonly scope?: 'user' | 'shared' | 'global' }
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  | { readonly kind: 'refuses'; readonly status: number; readonly code: number; readonly message: string }
  | { readonly kind: 'hangs' | 'drops' | 'redirects' }
  /** It was done, and its answer breaks off, says something else, or never comes. */
  | { readonly kind: 'answersHalf' | 'answersNonsense' | 'doesAndHangs' };

export interface Discord {
  readonly world: World;
  readonly gateway: Gateway;
  /** `http://127.0.0.1:1234/api` */
  readonly api: string;
  readonly webhookUrl: (id: string, token: string) => string;
  /** What was asked for, refused or not: `POST /channels/1/messages`. */
  readonly requests: readonly { readonly line: string; readonly query: string; readonly json: unknown }[];
  /** The next requests that match go wrong. */
  trouble(matching: RegExp, what: Trouble, times?: number): void;
  close(): Promise<void>;
}

/** Discord on the loopback: its API, and its Gateway. */
export async function startDiscord(): Promise<Discord> {
  const world = createWorld();
  const gateway = await startGateway(world);
  const requests: { line: string; query: string; json: unknown }[] = [];
  const troubles: { matching: RegExp; what: Trouble; left: number }[] = [];

  const take = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    const url = new URL(request.url ?? '', 'http://discord');
    const line = `${request.method} ${decodeURIComponent(url.pathname).replace(/^\/api\/v10/, '')}`;
    const json = text === '' ? undefined : JSON.parse(text);
    requests.push({ line, query: url.search, json });
    const trouble = troubles.find(({ matching, left }) => left > 0 && matching.test(line));
    if (trouble !== undefined) trouble.left -= 1;
    const what = trouble?.what;
    try {
      if (what !== undefined && before(what, response)) return;
      const { status, body } = answer(world, request, url, json, gateway.url);
      if (what !== undefined) return after(what, response, body);
      send(response, status, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(response, error.status, error.body, error.headers);
    }
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => take(request, response, Buffer.concat(chunks).toString('utf8')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  return {
    world,
    gateway,
    api,
    webhookUrl: (id, token) => `${api}/webhooks/${id}/${token}`,
    requests,
    trouble: (matching, what, times = 1) => void troubles.push({ matching, what, left: times }),
    async close() {
      await gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  world: World,
  request: IncomingMessage,
  url: URL,
  json: unknown,
  gatewayUrl: string,
): { readonly status: number; readonly body: object | undefined } {
  const path = /^\/api\/v10(\/.*)$/.exec(decodeURIComponent(url.pathname))?.[1] ?? '';
  const there = routes.filter((route) => route.path.test(path));
  const route = there.find(({ method }) => method === request.method);
  if (there.length === 0) throw new Refusal(404, { message: '404: Not Found', code: 0 });
  if (route === undefined) throw new Refusal(405, { message: '405: Method Not Allowed', code: 0 });
  // docs.discord.com/developers/reference, user agent.
  if (!/^DiscordBot \(https?:\/\/\S+, \S+\)/.test(request.headers['user-agent'] ?? ''))
    throw new Refusal(403, { message: 'Forbidden', code: 40333 });
  const { authorization } = request.headers;
  if (route.isBots && authorization !== `Bot ${world.token}`) throw new Refusal(401, { message: '401: Unauthorized', code: 0 });
  if (!route.isBots && authorization !== undefined) throw new Refusal(401, { message: 'the token stands in the path', code: 0 });
  const strange = [...url.searchParams.keys()].find((name) => !(route.query ?? []).includes(name));
  if (strange !== undefined) throw new Refusal(400, { message: `Unknown parameter ${strange}`, code: 50035 });
  if (json !== undefined && request.headers['content-type'] !== 'application/json')
    throw new Refusal(400, { message: 'Expected "Content-Type" header to be one of {application/json}.', code: 50035 });
  const ids = (route.path.exec(path) ?? []).slice(1);
  const body = route.answer(world, { ids, query: url.searchParams, json, gatewayUrl });
  return { status: route.status ?? (body === undefined ? 204 : 200), body };
}

const roomy = { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '4', 'x-ratelimit-reset-after': '1', 'x-ratelimit-bucket': 'abcd1234' };

function send(response: ServerResponse, status: number, body: object | undefined, headers: object = roomy): void {
  response.writeHead(status, { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** Whether that was all. */
function before(what: Trouble, response: ServerResponse): boolean {
  switch (what.kind) {
    case 'limited':
      throw limited(what.seconds, what.scope ?? 'user');
    case 'status':
      response.writeHead(what.status, { 'content-type': 'text/html' }).end(what.body ?? '<html>error</html>');
      return true;
    case 'refuses':
      throw new Refusal(what.status, { message: what.message, code: what.code });
    case 'redirects':
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
      return true;
    case 'drops':
      response.socket?.destroy();
      return true;
    case 'hangs':
      return true;
    default:
      return false;
  }
}

function after({ kind }: Trouble, response: ServerResponse, answered: object | undefined): void {
  const text = JSON.stringify(answered ?? {});
  if (kind === 'answersHalf') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(text.length) });
    response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
  } else if (kind === 'answersNonsense') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"message":');
  }
}
