import type { IncomingMessage } from 'node:http';
import { chat } from './chat.ts';
import { conversations } from './conversations.ts';
import type { App, Method } from './method.ts';
import { others } from './others.ts';
import { Refusal } from './refusal.ts';

/** The methods that are here, with the arguments, scopes and errors of docs.slack.dev/reference/methods. */
const methods: Readonly<Record<string, Method>> = { ...chat, ...conversations, ...others };

export interface Tokens {
  bot: string;
  app: string;
  /** Slack's word for why the bot's is no good any more. */
  botRefusal: string | null;
}

export interface Asked {
  readonly method: string;
  readonly args: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Slack answers refusals with 200. */
export function answerCall(asked: Asked, request: IncomingMessage, app: App, tokens: Tokens): ApiAnswer {
  const headers = { 'x-oauth-scopes': [...app.scopes].join(',') };
  try {
    return { headers, body: { ok: true, ...call(asked, request, app, tokens) } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { headers, body: { ok: false, error: error.code, ...error.more } };
  }
}

function call({ method: name, args }: Asked, request: IncomingMessage, app: App, tokens: Tokens): Readonly<Record<string, unknown>> {
  const method = methods[name];
  if (method === undefined) throw new Refusal('unknown_method', { req_method: name });
  const type = request.headers['content-type']?.split(';')[0];
  if (type === undefined) throw new Refusal('missing_post_type');
  if (type !== 'application/x-www-form-urlencoded') throw new Refusal('invalid_post_type');
  checkToken(method, request.headers.authorization, tokens);
  const scopes = method.scopes(args, app);
  if (scopes.length > 0 && !scopes.some((scope) => app.scopes.has(scope)))
    throw new Refusal('missing_scope', { needed: scopes.join(','), provided: [...app.scopes].join(',') });
  const { success, data, error } = method.takes.safeParse(args);
  if (success) return method.run(data, app);
  const messages = error.issues.map(({ message, path }) => `[ERROR] ${message} [json-pointer:/${path.join('/')}]`);
  throw new Refusal('invalid_arguments', { response_metadata: { messages } });
}

function checkToken({ token: wanted }: Method, header: string | undefined, tokens: Tokens): void {
  const token = header?.replace(/^Bearer /, '') ?? '';
  if (token === '') throw new Refusal('not_authed');
  if (token === tokens.bot && tokens.botRefusal !== null) throw new Refusal(tokens.botRefusal);
  if (token !== tokens.bot && token !== tokens.app) throw new Refusal('invalid_auth');
  if (token !== tokens[wanted]) throw new Refusal('not_allowed_token_type');
}
