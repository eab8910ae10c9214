import type { SocketModeClient } from '@slack/socket-mode';
import type { OnReceived } from '../connector.ts';
import { failureOf, type Failure } from '../outcome.ts';
import { appTokenFailure } from './app-token.ts';
import { clientOptions, silent, type SlackCall } from './client.ts';
import { tell, type Payload } from './inbound.ts';
import { inTime, late, passed } from './time.ts';

/** Milliseconds. A session shorter than `short` counts as a failure, so that a server that drops each at once is not asked all the time. */
const waits = { connected: 15_000, short: 10_000, first: 200, longest: 30_000, closed: 1_000 } as const;

/**
 * Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode), until the signal ends it. What is not acknowledged Slack tells again, over
 * the next socket. The SDK holds one socket and is not asked for the next: it would wait for seconds, and give up for good when the
 * network is away.
 */
export async function listen(call: SlackCall, on: OnReceived): Promise<Failure | void> {
  const { app_token } = call.config;
  if (app_token === undefined) return;
  let failures = 0;
  while (!call.signal.aborted) {
    const beganMs = Date.now();
    const session = await connect(call, app_token, on);
    if (session.ok) await session.over;
    else if (session.failure?.permanent === true) return session.failure;
    failures = session.ok && Date.now() - beganMs >= waits.short ? 0 : failures + 1;
    const asked = session.ok ? 0 : (session.failure?.retryAfterMs ?? 0);
    const ours = failures <= 1 ? 0 : Math.min(waits.first * 2 ** (failures - 2), waits.longest);
    await passed(Math.max(asked, ours), call.signal);
  }
}

type Session =
  /** `over` settles when Slack wants another socket, when this one broke, or when the signal ended it. */
  { readonly ok: true; readonly over: Promise<void> } | { readonly ok: false; readonly failure: Failure | null };

async function connect(call: SlackCall, appToken: string, on: OnReceived): Promise<Session> {
  const sdk = await import('@slack/socket-mode');
  const client = new sdk.SocketModeClient({
    appToken,
    dispatcher: call.door.dispatcher,
    clientOptions: clientOptions(call),
    logger: silent,
    autoReconnectEnabled: false,
  });
  guard(client);
  client.on('slack_event', (envelope: Envelope) => void take(call, envelope, on));
  const over = untilOver(client, call.signal);
  try {
    const started = await inTime(client.start(), waits.connected);
    if (started !== late) return { ok: true, over: over.then(() => (call.signal.aborted ? close(client) : void close(client))) };
  } catch (error) {
    return { ok: false, failure: failureBehind(error, call) };
  }
  await close(client);
  return { ok: false, failure: null };
}

/** Null where the SDK does not say why. */
function failureBehind(error: unknown, { http }: SlackCall): Failure | null {
  try {
    return appTokenFailure(error, http);
  } catch (cause) {
    return failureOf(cause);
  }
}

/** Slack says `disconnect` some seconds before it lets go: the next socket need not wait for this one's end. */
const untilOver = (client: SocketModeClient, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    client.once('disconnected', () => resolve());
    client.on('ws_message', (data: unknown) => {
      if (isDisconnect(data)) resolve();
    });
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });

function isDisconnect(data: unknown): boolean {
  try {
    return (JSON.parse(String(data)) as { readonly type?: unknown } | null)?.type === 'disconnect';
  } catch {
    return false;
  }
}

/** Slack may leave the connection open after the last frame (node-slack-sdk 2752): it is not waited for. */
async function close(client: SocketModeClient): Promise<void> {
  await inTime(client.disconnect(), waits.closed);
}

/** Version 3.1.0 fails on an event without an `event`, as `app_rate_limited` is, in a promise that nobody hears (node-slack-sdk, socket-mode 3.1.1). */
function guard(client: SocketModeClient): void {
  const own = client.listeners('ws_message') as ((data: unknown, isBinary: boolean) => unknown)[];
  client.removeAllListeners('ws_message');
  client.on('ws_message', (data: unknown, isBinary: boolean) => {
    for (const listener of own) Promise.resolve(listener(data, isBinary)).catch(() => undefined);
  });
}

interface Envelope {
  readonly type: string;
  readonly body: unknown;
  readonly accepts_response_payload?: boolean;
  ack(body?: Record<string, unknown>): Promise<void>;
}

const kinds: Readonly<Record<string, Payload['kind']>> = { events_api: 'event', slash_commands: 'command', interactive: 'interaction' };

/** What could not be handled is not acknowledged. */
async function take(call: SlackCall, { type, body, accepts_response_payload, ack }: Envelope, on: OnReceived): Promise<void> {
  try {
    const kind = kinds[type];
    if (kind === undefined) return await ack();
    const answer = await tell(call, { kind, body }, on);
    if (answer.status !== 200) return;
    const takesBody = accepts_response_payload === true && answer.body !== null;
    await ack(takesBody ? (answer.body as Record<string, unknown>) : undefined);
    await answer.later;
  } catch {
    // Whoever handles what is received logs what went wrong there.
  }
}
