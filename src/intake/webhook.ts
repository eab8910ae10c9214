import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { routeAlert } from '../domain/alert-rules.ts';
import { sendFewer, type AlertEvent, type PayloadProblem } from '../domain/alert-event.ts';
import type { Metrics } from '../observe/metrics.ts';
import { askForSecret, authenticate, isSetUp, mayBeGuess, mayBeKnown, speaksFor, type AlertSource } from './authenticate.ts';
import { BodyMemory, type BodyRoom } from './body-memory.ts';
import { Deadline } from './deadline.ts';
import { IntakeUnavailable, type IncomingAlert, type Intake, type StoredAlert } from './intake.ts';
import type { ReadBody, SentHeaders } from './read-body.ts';
import { readJson } from './read-json.ts';
import { isTimeToPrune, keepRejected, pruneRejected } from './rejected.ts';
import type { SecretGuesses } from './secret-guesses.ts';
import type { IntakeSettings, SettingsCache } from './settings.ts';
import { keptHeaders, speakerOf, type Webhook } from './webhook-addresses.ts';

/**
 * Of waiting for the settings and for the store, not for the body: Sentry gives up after one second. What is late may still be kept;
 * the sender's next try is then known.
 */
const deadline = new Deadline(900, () => new IntakeUnavailable('Storing takes too long at the moment.', 2));
/** Who sends more than this waits longer for it: Alertmanager has at least ten seconds. */
const quickBytes = 256 * 1024;
const moreMsForMebibyte = 500;

const moreMsFor = (bytes: number): number => Math.ceil((Math.max(0, bytes - quickBytes) / 1024 ** 2) * moreMsForMebibyte);

const memory = new BodyMemory();

export type WebhookAnswer =
  | { readonly status: 202; readonly alerts: readonly StoredAlert[] }
  | { readonly status: 401 | 413 | 415; readonly detail: string }
  | { readonly status: 400 | 422; readonly detail: string; readonly problem: PayloadProblem | null }
  /** `isSlowed`: it may be a guess at a secret, after many wrong ones. Not 429, after which senders do not come again. */
  | { readonly status: 503; readonly detail: string; readonly retryAfterSeconds: number; readonly isSlowed?: true };

export interface WebhookDeps {
  readonly pool: Pool;
  readonly intake: Intake;
  readonly settings: SettingsCache;
  readonly guesses: SecretGuesses;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Who sends a request. */
export interface Sender {
  readonly headers: SentHeaders;
  /** Where it comes from, as guesses are counted. */
  readonly network: string;
}

const resultOf = {
  202: 'accepted',
  400: 'rejected',
  401: 'unauthorized',
  413: 'too_large',
  415: 'unsupported',
  422: 'rejected',
  503: 'unavailable',
} as const;

/**
 * One request of one source, from its headers to its answer. Never throws: what fails here is 503, which every sender tries again.
 * @param read reads the body, once it is known that its sender may be one of ours
 */
export async function receiveWebhook(
  deps: WebhookDeps,
  webhook: Webhook,
  sender: Sender,
  read: (room: BodyRoom) => Promise<ReadBody>,
): Promise<WebhookAnswer> {
  const source = webhook.own.id;
  const answer = await receive(deps, webhook, sender, read).catch((error: unknown): WebhookAnswer => {
    if (error instanceof IntakeUnavailable) {
      return { status: 503, detail: error.message, retryAfterSeconds: Math.max(1, Math.ceil(error.retryAfterSeconds)) };
    }
    deps.log.error({ err: error, source }, 'webhook failed');
    return { status: 503, detail: 'The alerts could not be kept.', retryAfterSeconds: 5 };
  });
  const result = 'isSlowed' in answer ? 'slowed' : resultOf[answer.status];
  deps.metrics.intakeRequests.inc({ source, result });
  return answer;
}

async function receive(
  deps: WebhookDeps,
  webhook: Webhook,
  sender: Sender,
  read: (room: BodyRoom) => Promise<ReadBody>,
): Promise<WebhookAnswer> {
  const { headers } = sender;
  const askedAtMs = performance.now();
  const settings = await deps.settings.current();
  const waitedMs = performance.now() - askedAtMs;
  if (settings === null) throw new IntakeUnavailable('The settings cannot be read yet.', 2);
  const candidates = settings.alertSources.filter(({ source }) => webhook.sources.has(source));
  const slowed = slowedGuess(deps, webhook, sender, candidates);
  if (slowed !== null) return slowed;
  if (!mayBeKnown(candidates, webhook.signatures, headers)) return refuseUnknown(deps, webhook, sender, candidates);
  const isProven = askForSecret(candidates) && speaksFor(candidates, headers).length > 0;
  const room = memory.enter(isProven);
  const body = await read(room);
  if (body.ok) {
    const handled = handle(deps, webhook, sender, body.bytes, settings, candidates).finally(() => room.leave());
    return deadline.within(handled, moreMsFor(body.bytes.byteLength) - waitedMs);
  }
  room.leave();
  switch (body.status) {
    case 400:
      // Else a stranger's bodies that never end would never count, whatever signature they bring.
      if (!isProven) await countGuess(deps, webhook, sender, candidates);
      return { status: 400, detail: body.reason, problem: null };
    case 413:
      return refuseTooLarge(deps, webhook, headers, body, speaksFor(candidates, headers).length > 0);
    case 415:
      return { status: 415, detail: body.reason };
    case 503:
      throw new IntakeUnavailable(body.reason, 2);
  }
}

/** Looked at before a secret is, and so before anybody could tell whether it was right. */
function slowedGuess(
  { guesses }: WebhookDeps,
  webhook: Webhook,
  { headers, network }: Sender,
  candidates: readonly AlertSource[],
): WebhookAnswer | null {
  const retryAfterSeconds = guesses.waitSeconds(webhook.own.id, network);
  if (retryAfterSeconds === 0 || !mayBeGuess(candidates, webhook.signatures, headers)) return null;
  return { status: 503, detail: 'Too many wrong secrets came from your network.', retryAfterSeconds, isSlowed: true };
}

async function countGuess(
  { guesses }: WebhookDeps,
  webhook: Webhook,
  { headers, network }: Sender,
  candidates: readonly AlertSource[],
): Promise<void> {
  if (mayBeGuess(candidates, webhook.signatures, headers)) await guesses.wasWrong(webhook.own.id, network);
}

async function refuseUnknown(
  deps: WebhookDeps,
  webhook: Webhook,
  sender: Sender,
  candidates: readonly AlertSource[],
): Promise<WebhookAnswer> {
  await countGuess(deps, webhook, sender, candidates);
  return isSetUp(candidates) ? unknownSender : notSetUp;
}

const unknownSender = { status: 401, detail: 'No active alert source of this type has this secret or signature.' } as const;
const notSetUp = {
  status: 401,
  detail:
    'No alert source of this type takes alerts yet: have an admin give it a secret, on the alert sources page or with "imas alert-sources secret".',
} as const;

/** What arrived of it is kept, unless it may be a stranger's: a signature over the whole cannot be checked. */
async function refuseTooLarge(
  deps: WebhookDeps,
  webhook: Webhook,
  headers: SentHeaders,
  { reason, arrived }: { readonly reason: string; readonly arrived: Uint8Array },
  isKnown: boolean,
): Promise<WebhookAnswer> {
  const problem = { field: 'body', reason: `${reason}; ${sendFewer}` };
  if (isKnown) await keepForPeople(deps, webhook, headers, arrived, problem);
  return { status: 413, detail: `${problem.reason}.` };
}

async function handle(
  deps: WebhookDeps,
  webhook: Webhook,
  sender: Sender,
  body: Uint8Array,
  settings: IntakeSettings,
  candidates: readonly AlertSource[],
): Promise<WebhookAnswer> {
  const { headers, network } = sender;
  // Once more, since others may have guessed while the body came.
  const slowed = slowedGuess(deps, webhook, sender, candidates);
  if (slowed !== null) return slowed;
  const receivedAtMs = deps.now();
  const callers = authenticate(candidates, webhook.signatures, { headers, body, nowMs: receivedAtMs });
  if (callers.length === 0) return refuseUnknown(deps, webhook, sender, candidates);
  if (askForSecret(candidates)) deps.guesses.wasRight(webhook.own.id, network);

  const json = readJson(body);
  if (!json.ok) return reject(deps, webhook, headers, body, 400, { field: 'body', reason: json.reason });
  const parsed = speakerOf(webhook, json.value, headers).alerts.parse(json.value, headers);
  // Nobody is left asleep because of another alert in the same body.
  const understood = parsed.ok ? parsed.alerts : (parsed.understood ?? []);
  const alerts = understood.length === 0 ? [] : await keep(deps, understood, callers, settings, receivedAtMs);
  return parsed.ok ? { status: 202, alerts } : reject(deps, webhook, headers, body, 422, parsed.problem, alerts.length);
}

async function keep(
  deps: WebhookDeps,
  alerts: readonly AlertEvent[],
  callers: readonly AlertSource[],
  settings: IntakeSettings,
  receivedAtMs: number,
): Promise<readonly StoredAlert[]> {
  const incoming = alerts.map((event) => incomingAlert(event, callers, settings, receivedAtMs));
  const stored = await deps.intake.submit(incoming);
  for (const [index, { event }] of incoming.entries()) {
    deps.metrics.intakeAlerts.inc({ source: event.source, outcome: stored[index]?.outcome ?? 'unknown' });
  }
  deps.metrics.intakeLagSeconds.observe((deps.now() - receivedAtMs) / 1_000);
  return stored;
}

function incomingAlert(event: AlertEvent, callers: readonly AlertSource[], settings: IntakeSettings, receivedAtMs: number): IncomingAlert {
  const caller = callers.find((alertSource) => alertSource.source === event.source) ?? (callers[0] as AlertSource);
  return { alertSourceId: caller.id, event, routed: routeAlert(event, settings.routes), receivedAtMs };
}

/** Kept before it is answered: a sender that hears 4xx does not come again. */
async function keepForPeople(
  { pool, log }: WebhookDeps,
  webhook: Webhook,
  headers: SentHeaders,
  body: Uint8Array,
  problem: PayloadProblem,
): Promise<void> {
  const { own } = webhook;
  try {
    await keepRejected(pool, {
      source: own.id,
      body,
      contentType: headers['content-type'] ?? null,
      headers: keptHeaders(webhook, headers),
      problem,
    });
  } catch (error) {
    log.warn({ err: error, source: own.id }, 'a rejected payload could not be stored');
    throw new IntakeUnavailable('The payload was not understood, and cannot be kept at the moment.', 5);
  }
  // The sender does not wait for it.
  if (isTimeToPrune(Math.random())) {
    void pruneRejected(pool).catch((error: unknown) => log.warn({ err: error }, 'old rejected payloads could not be deleted'));
  }
  log.warn({ source: own.id, ...problem }, 'payload rejected');
}

async function reject(
  deps: WebhookDeps,
  webhook: Webhook,
  headers: SentHeaders,
  body: Uint8Array,
  status: 400 | 422,
  problem: PayloadProblem,
  taken = 0,
): Promise<WebhookAnswer> {
  await keepForPeople(deps, webhook, headers, body, problem);
  const rest =
    taken === 0 ? '' : `; ${taken === 1 ? 'the other alert of this body is' : `the other ${taken} alerts of this body are`} taken in`;
  return { status, detail: `${problem.field}: ${problem.reason}${rest}`, problem };
}
