import { randomUUID } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import type { SourceConnector } from '../../connectors/registry.ts';
import type { BodyRoom } from '../../intake/body-memory.ts';
import { isPlain, readBody, type ReadBody, type SentHeaders } from '../../intake/read-body.ts';
import { createSettingsCache } from '../../intake/settings.ts';
import { receiveWebhook, type WebhookAnswer, type WebhookDeps } from '../../intake/webhook.ts';
import { webhooksOf, type Webhook } from '../../intake/webhook-addresses.ts';
import { createNetworkOf, peerOf } from '../auth/client-address.ts';
import { createGuesses } from '../auth/guesses.ts';
import { comesFromElsewhere, fromElsewhere } from '../auth/same-origin.ts';
import { createSecretGuesses } from '../auth/secret-guesses.ts';
import type { ApiDeps } from '../deps.ts';
import { methodNotAllowed, Problem, problemText } from '../problem.ts';
import type { ApiEnv } from '../env.ts';

export interface WebhookOptions {
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
  /** How old alert sources, rules and services may be that a request is judged by; 0 reads them for each. */
  readonly settingsFreshForMs?: number;
}

/** An answer as it goes over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request before its body is read. */
export interface Sent {
  readonly headers: SentHeaders;
  /** The socket's other end. */
  readonly peer: string | undefined;
}

/** What the routes below and the listener before them (`webhook-listener.ts`) share. */
export interface Webhooks {
  readonly all: readonly Webhook[];
  /** Makes ready what the first request needs. Never rejects. */
  prepare(): Promise<void>;
  /** Never throws. */
  receive(webhook: Webhook, sent: Sent, read: (room: BodyRoom) => Promise<ReadBody>): Promise<WireAnswer>;
  refuseMethod(webhook: Webhook, method: string, headers: SentHeaders): WireAnswer;
}

/**
 * What the middleware of the other routes does (request id, headers, body limit, sign-in, count) is done here, since this is the one
 * path that must carry an alert storm.
 */
export function createWebhooks(
  { config, database, intake, metrics, registry, secrets, log }: ApiDeps,
  { now = Date.now, settingsFreshForMs }: WebhookOptions = {},
): Webhooks {
  const { pool } = database;
  const settings = createSettingsCache({ pool, secrets, log, opensAll: config.demo, freshForMs: settingsFreshForMs });
  const guesses = createSecretGuesses(createGuesses({ pool, secretKey: config.secretKey, log }), log);
  const deps: WebhookDeps = { pool, intake, metrics, log, now, settings, guesses };
  const networkOf = createNetworkOf(config);
  const counted = (webhook: Webhook, method: string, answer: WireAnswer): WireAnswer => {
    metrics.httpRequests.inc({ method, route: `/api/v1/webhooks/${webhook.own.id}`, status: String(answer.status) });
    return answer;
  };
  return {
    all: webhooksOf(registry.sources()),
    prepare: () => settings.firstRead(),
    async receive(webhook, { headers, peer }, read) {
      if (comesFromElsewhere(headers, config.baseUrl)) {
        metrics.intakeRequests.inc({ source: webhook.own.id, result: 'cross_origin' });
        return counted(webhook, 'POST', refusalOf(fromElsewhere(config.baseUrl), headers));
      }
      const sender = { headers, network: networkOf(peer, headers['x-forwarded-for']) };
      return counted(webhook, 'POST', answerOf(await receiveWebhook(deps, webhook, sender, read), headers));
    },
    refuseMethod: (webhook, method, headers) => counted(webhook, method, refusalOf(methodNotAllowed(['POST']), headers)),
  };
}

/** Mounted at /api/v1/webhooks before everything else. Plain Hono, and answers that the server can write as they are. */
export function createWebhookRoutes(webhooks: Webhooks): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>({ strict: false });
  for (const webhook of webhooks.all) {
    const handle = async (c: Context<ApiEnv>): Promise<Response> => {
      const headers = sentHeaders(c);
      const answer =
        c.req.method === 'POST'
          ? await webhooks.receive(webhook, { headers, peer: peerOf(c) }, (room) => readBody(c.req.raw, headers, room))
          : webhooks.refuseMethod(webhook, c.req.method, headers);
      // Of a body that was refused, some may still be on its way: no request can follow it on the same connection.
      const isCutOff = !isPlain(headers) && answer.status !== 202;
      return new Response(answer.body, isCutOff ? { ...answer, headers: { ...answer.headers, connection: 'close' } } : answer);
    };
    app.post(`/${webhook.own.id}`, handle);
    app.all(`/${webhook.own.id}`, handle);
  }
  return app;
}

/** As Node has parsed them already: a `Headers` of them would be made for each request, and sorted. */
function sentHeaders(c: Context<ApiEnv>): SentHeaders {
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  return (incoming?.headers ?? Object.fromEntries(c.req.raw.headers)) as SentHeaders;
}

/** The caller's own, where it is harmless to repeat. */
function requestIdOf(headers: SentHeaders): string {
  const given = headers['x-request-id'];
  return given !== undefined && /^[\w\-=]{1,64}$/.test(given) ? given : randomUUID();
}

/** Nothing here is a page: no browser may take it for one, frame it, or keep it. */
const safeHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

function answerOf(outcome: WebhookAnswer, sent: SentHeaders): WireAnswer {
  if (outcome.status !== 202) return refusalOf(problemOf(outcome), sent);
  const alerts = outcome.alerts.map((alert) => ({ outcome: alert.outcome, incident: alert.incidentId }));
  return wire(202, 'application/json', JSON.stringify({ accepted: alerts.length, alerts }), requestIdOf(sent));
}

function refusalOf(problem: Problem, sent: SentHeaders): WireAnswer {
  const requestId = requestIdOf(sent);
  return wire(problem.status, 'application/problem+json', problemText(problem, requestId), requestId, problem.headers);
}

function wire(status: number, type: string, body: string, requestId: string, more?: Readonly<Record<string, string>>): WireAnswer {
  const length = String(Buffer.byteLength(body));
  const headers = { ...safeHeaders, ...more, 'content-type': type, 'content-length': length, 'x-request-id': requestId };
  return { status, headers, body };
}

function problemOf(outcome: Exclude<WebhookAnswer, { status: 202 }>): Problem {
  switch (outcome.status) {
    case 400:
    case 422:
      return new Problem(outcome.status, outcome.detail, outcome.problem === null ? {} : { errors: [outcome.problem] });
    case 503:
      return new Problem(503, outcome.detail, { headers: { 'Retry-After': String(outcome.retryAfterSeconds) } });
    default:
      return new Problem(outcome.status, outcome.detail, { headers: challenges[outcome.status] });
  }
}

/** RFC 9110: a 401 says how to authenticate, a 415 over an encoding says which ones are understood. */
const challenges = { 401: { 'WWW-Authenticate': 'Bearer realm="webhooks"' }, 413: {}, 415: { 'Accept-Encoding': 'gzip' } } as const;

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const operation = (connector: SourceConnector) => ({
  tags: ['webhooks'],
  summary: `Send alerts from ${connector.title}`,
  description: `Accepts alerts and answers once they are stored. Authenticate with the secret or the signature of the alert source.\n\n${connector.about}`,
  security: [{}, { bearer: [] }],
  requestBody: { required: true, content: { 'application/json': { schema: {} } } },
  responses: {
    '202': {
      description: 'Every alert is stored. `alerts` says what happened to each, in the order of the body.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['accepted', 'alerts'],
            properties: {
              accepted: { type: 'integer' },
              alerts: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['outcome', 'incident'],
                  properties: {
                    outcome: {
                      type: 'string',
                      enum: ['opened', 'attached', 'reopened', 'resolved', 'repeated', 'stale', 'suppressed', 'known'],
                    },
                    incident: { type: ['string', 'null'], format: 'uuid' },
                  },
                },
              },
            },
          },
        },
      },
    },
    '400': problem('The body is not JSON. It is kept as a rejected payload.'),
    '401': problem('The secret or the signature is missing or wrong, or the alert source has none yet. Nothing is stored.'),
    '403': problem('A browser sent it from a page of another site (`Origin`, `Sec-Fetch-Site`). Nothing is stored.'),
    '413': problem('The body is larger than 16 MiB, compressed or not. What arrived is kept as a rejected payload.'),
    '415': problem('The content encoding is not gzip.'),
    '422': problem(
      'Something could not be read; `errors` names the field. The body is kept as a rejected payload, and its other alerts are stored.',
    ),
    '503': problem(
      'The alerts could not be stored, or too many wrong secrets came from your network. Send them again after `Retry-After` seconds.',
    ),
  },
});

/** For the OpenAPI document, since these routes are not made by it. */
export const webhookPaths = (sources: readonly SourceConnector[]) =>
  Object.fromEntries(webhooksOf(sources).map(({ own }) => [`/api/v1/webhooks/${own.id}/`, { post: operation(own) }]));
