import { z } from 'zod';
import type { Answer, Received, Vendor } from '../receiver.ts';
import type { NtfyMessage, NtfyServer, NtfyUser } from './state.ts';

const topicPattern = /^[-_A-Za-z0-9]{1,64}$/;
const reservedTopics = new Set(['docs', 'static', 'file', 'app', 'metrics', 'account', 'settings', 'signup', 'login', 'v1']);

/** server/actions.go: at most three, each with what its kind needs. */
const Action = z.strictObject({
  action: z.enum(['view', 'http', 'broadcast']),
  label: z.string().min(1, "parameter 'label' is required"),
  url: z.string().min(1).optional(),
  method: z.enum(['POST', 'PUT', 'GET', 'PATCH', 'DELETE']).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  clear: z.boolean().optional(),
});

/** `publishMessage` of server/types.go. The server lets other fields through, and this does not. */
const Publish = z.strictObject({
  topic: z.string(),
  title: z.string().optional(),
  message: z.string().optional(),
  priority: z.int().optional(),
  tags: z.array(z.string()).optional(),
  click: z.string().optional(),
  icon: z.string().optional(),
  actions: z.array(Action).optional(),
  attach: z.string().optional(),
  markdown: z.boolean().optional(),
  filename: z.string().optional(),
  email: z.string().optional(),
  call: z.string().optional(),
  cache: z.string().optional(),
  firebase: z.string().optional(),
  delay: z.string().optional(),
  sequence_id: z.string().optional(),
});

const error = (http: number, code: number, message: string, link = 'https://ntfy.sh/docs/publish/'): Answer => ({
  status: http,
  body: `${JSON.stringify({ code, http, error: message, link })}\n`,
  headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
});

/** github.com/binwiederhier/ntfy, server/server.go and server/errors.go; sequences by docs.ntfy.sh/publish, "Updating + deleting notifications". */
export function ntfy(server: NtfyServer): Vendor {
  return (request) => {
    const url = new URL(request.path, 'http://ntfy');
    const user = authenticate(request.headers.authorization);
    if (user === 'wrong') return error(401, 40101, 'unauthorized', 'https://ntfy.sh/docs/publish/#authentication');
    if (request.method === 'GET' && url.pathname === '/v1/health') return { status: 200, body: { healthy: true } };
    if (request.method === 'GET' && url.pathname === '/v1/account')
      return { status: 200, body: user === null ? { username: '*', role: 'anonymous' } : { username: user.name, role: 'user' } };
    if (['POST', 'PUT'].includes(request.method) && url.pathname === '/') return publish(request, user);
    const polled = /^\/([-_A-Za-z0-9]{1,64})\/json$/.exec(url.pathname);
    if (request.method === 'GET' && polled !== null && url.searchParams.get('poll') === '1') return poll(polled[1] as string, user);
    return error(404, 40401, 'page not found', '');
  };

  function authenticate(header: string | undefined): NtfyUser | null | 'wrong' {
    if (server.everyone === null || header === undefined) return null;
    const [scheme = '', credentials = ''] = header.split(' ');
    const [name, password] = Buffer.from(credentials, 'base64').toString().split(':');
    const found = server.users.find((user) =>
      scheme === 'Bearer' ? user.tokens.includes(credentials) : user.name === name && user.password === password,
    );
    return found ?? 'wrong';
  }

  function may(user: NtfyUser | null, topic: string, act: 'read' | 'write'): boolean {
    if (server.everyone === null) return true;
    const access = user?.access ?? server.everyone;
    const given = access[topic] ?? access['*'] ?? 'deny-all';
    return given === 'read-write' || given === `${act}-only`;
  }

  function publish({ text }: Received, user: NtfyUser | null): Answer {
    if (Buffer.byteLength(text) > 8192) return error(413, 41303, 'JSON body too large', '');
    const parsed = Publish.safeParse(asJson(text));
    if (!parsed.success) return error(400, 40024, 'invalid request: request body must be valid JSON', '');
    const { topic, actions = [], sequence_id, priority = 0, tags = [], ...given } = parsed.data;
    if (!topicPattern.test(topic)) return error(400, 40009, 'invalid request: topic invalid', '');
    if (reservedTopics.has(topic)) return error(400, 40010, 'invalid request: topic name is not allowed', '');
    if (!may(user, topic, 'write')) return error(403, 40301, 'forbidden', 'https://ntfy.sh/docs/publish/#authentication');
    if (server.knowsSequences && sequence_id !== undefined && !topicPattern.test(sequence_id))
      return error(400, 40049, 'invalid request: sequence ID invalid');
    if (priority < 0 || priority > 5) return error(400, 40007, 'invalid priority parameter');
    const problem =
      actions.length > 3 ? 'only 3 actions allowed' : actions.some(({ url }) => url === undefined) ? "parameter 'url' is required" : null;
    if (problem !== null) return error(400, 40018, `invalid request: actions invalid; ${problem}`);
    const { title, click } = given;
    const message = (given.message ?? '').trim() || 'triggered';
    // A longer one would become an attachment, which this server does not keep.
    if (Buffer.byteLength(message) > 4096)
      return error(400, 40014, 'invalid request: attachments not allowed', 'https://ntfy.sh/docs/config/#attachments');
    if (server.messagesLeftToday === 0) return error(429, 42908, 'limit reached: daily message quota reached');
    server.messagesLeftToday -= 1;
    const published: NtfyMessage = {
      id: `m${String(server.messages.length + 1).padStart(11, '0')}`,
      time: Math.floor(Date.now() / 1000),
      event: 'message',
      topic,
      ...(title && { title: title.trim() }),
      message,
      ...(priority > 0 && { priority }),
      // They travel in a header, joined by commas.
      ...(tags.length > 0 && {
        tags: tags
          .join(',')
          .split(',')
          .map((tag) => tag.trim()),
      }),
      ...(click && { click }),
      ...(actions.length > 0 && { actions }),
      ...(server.knowsSequences && sequence_id !== undefined && { sequence_id }),
    };
    server.messages.push(published);
    return { status: 200, body: published };
  }

  function poll(topic: string, user: NtfyUser | null): Answer {
    if (!may(user, topic, 'read')) return error(403, 40301, 'forbidden', 'https://ntfy.sh/docs/publish/#authentication');
    const kept = server.messages.filter((message) => message.topic === topic);
    return {
      status: 200,
      headers: { 'content-type': 'application/x-ndjson; charset=utf-8' },
      body: kept.map((message) => `${JSON.stringify(message)}\n`).join(''),
    };
  }
}

/** Undefined for what is no JSON. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
