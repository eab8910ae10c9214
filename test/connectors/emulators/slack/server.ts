import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allScopes } from '../../../../src/connectors/slack/scopes.ts';
import type { App } from './method.ts';
import { createPeople, type People } from './people.ts';
import { acceptSockets, type Sockets, type Telling } from './sockets.ts';
import { signed, type Heard, type Reach } from './telling.ts';
import { answerCall, type Asked, type Tokens } from './web-api.ts';
import { createWorkspace, type Channel, type Member, type Workspace } from './workspace.ts';
import { showText } from './world.ts';

/** How a call fails: as Slack says, as something before it says, or `lost`: it is done, and the connection breaks before the answer. */
export type Fault =
  | { readonly error: string; readonly more?: Readonly<Record<string, unknown>> }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'half'
  | 'lost';

export interface Slack {
  readonly apiUrl: string;
  readonly signingSecret: string;
  readonly tokens: Tokens;
  readonly workspace: Workspace;
  readonly scopes: Set<string>;
  /** In the order in which they came. */
  readonly asked: readonly Asked[];
  readonly sockets: Sockets;
  readonly people: People;
  /** How often response URLs were called. */
  responses(): number;
  /** Makes the next calls of the method fail. */
  fail(method: string, ...faults: readonly Fault[]): void;
  /** Where Slack sends its requests. Over a socket, where one is open. */
  reach: Reach | null;
  /** Response URLs are good for nothing any more. */
  expireResponseUrls(): void;
  close(): Promise<void>;
}

/** An installed app with all of its scopes, in a workspace with nobody but its bot. */
export async function startSlack(scopes: Iterable<string> = allScopes): Promise<Slack> {
  const workspace = createWorkspace();
  const asked: Asked[] = [];
  const faults = new Map<string, Fault[]>();
  const urls = new Map<string, { readonly who: Member; readonly channel: Channel; uses: number }>();
  const tokens: Tokens = { bot: 'xoxb-1-bot-of-acme', app: 'xapp-1-app-of-acme', botRefusal: null };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sockets = acceptSockets(server);
  const app: App = {
    workspace,
    scopes: new Set(scopes),
    triggers: new Map(),
    socketUrl: () => `ws://${host}/link/?ticket=${sockets.ticket()}&app_id=A0APP`,
  };
  let responses = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const { pathname } = new URL(request.url ?? '/', `http://${host}`);
    if (request.method !== 'POST') return void response.writeHead(405).end();
    if (pathname.startsWith('/actions/')) return respond(pathname, request, text, response);
    if (!pathname.startsWith('/api/')) return void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>Not found</html>');
    const call: Asked = { method: pathname.slice('/api/'.length), args: Object.fromEntries(new URLSearchParams(text)) };
    asked.push(call);
    const fault = faults.get(call.method)?.shift();
    if (fault === 'hang') return;
    if (typeof fault === 'object' && 'status' in fault)
      return void response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '');
    const { headers, body } =
      typeof fault === 'object'
        ? { headers: {}, body: { ok: false, error: fault.error, ...fault.more } }
        : answerCall(call, request, app, tokens);
    if (fault === 'lost') return void response.destroy();
    const answer = JSON.stringify(body);
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(answer), ...headers });
    if (fault === 'half') return void response.write(answer.slice(0, answer.length / 2), () => response.destroy());
    response.end(answer);
  }

  /** Good for five messages in half an hour: docs.slack.dev/interactivity/handling-user-interaction#message_responses. */
  function respond(path: string, request: IncomingMessage, text: string, response: ServerResponse): void {
    responses += 1;
    const url = urls.get(path);
    if (url === undefined || url.uses === 5) return void response.writeHead(404).end('{"ok":false,"error":"expired_url"}');
    if (request.headers['content-type'] !== 'application/json') return void response.writeHead(400).end('invalid_payload');
    url.uses += 1;
    showText(app, url.who, url.channel, JSON.parse(text));
    response.end('ok');
  }

  const slack: Slack = {
    apiUrl: `http://${host}/api/`,
    signingSecret: '8f742231b10e8888abcd99yyyzzz85a5',
    tokens,
    workspace,
    scopes: app.scopes,
    asked,
    sockets,
    reach: null,
    responses: () => responses,
    fail: (method, ...some) => void faults.set(method, [...(faults.get(method) ?? []), ...some]),
    expireResponseUrls: () => urls.clear(),
    people: createPeople({
      app,
      complaints: [],
      tell: (telling, retry) => (sockets.count() > 0 ? sockets.tell(telling) : post(telling, retry)),
      responseUrl(who, channel) {
        const path = `/actions/${workspace.teamId}/${workspace.id('')}/abcdef`;
        urls.set(path, { who, channel, uses: 0 });
        return `http://${host}${path}`;
      },
    }),
    async close() {
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function post({ type, payload }: Telling, retry: number): Promise<Heard | null> {
    if (slack.reach === null) return null;
    const [path, body] = bodies[type](payload);
    const headers: Record<string, string> = retry === 0 ? {} : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_error' };
    const request = signed(path, body, { secret: slack.signingSecret, headers });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), 3_000)));
    return Promise.race([slack.reach(request), late]).finally(() => clearTimeout(timer));
  }
  return slack;
}

const bodies: Readonly<Record<Telling['type'], (payload: unknown) => readonly [path: string, body: string]>> = {
  events_api: (payload) => ['events', JSON.stringify(payload)],
  slash_commands: (payload) => ['commands', new URLSearchParams(payload as Record<string, string>).toString()],
  interactive: (payload) => ['interactive', new URLSearchParams({ payload: JSON.stringify(payload) }).toString()],
};
