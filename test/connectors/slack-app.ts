import { expect, onTestFinished } from 'vitest';
import { createCall, type Call } from '../../src/connectors/call.ts';
import type { OnReceived, Received, Reply } from '../../src/connectors/connector.ts';
import { failureOf, type Failure, type Outcome, type Ref } from '../../src/connectors/outcome.ts';
import { SlackConfig } from '../../src/connectors/slack/config.ts';
import { slackConnector } from '../../src/connectors/slack/connector.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { startSlack, type Slack } from './emulators/slack/server.ts';
import type { Channel, Message } from './emulators/slack/workspace.ts';
import { notificationWith, type Changes } from './notification.ts';
import { spoken, type Spoken } from './send.ts';

export const door = createEgress({ allow: ['127.0.0.1'] });

/** Until the end of the test. */
export async function serve(scopes?: Iterable<string>): Promise<Slack> {
  const slack = await startSlack(scopes);
  onTestFinished(() => slack.close());
  return slack;
}

export interface Calling {
  readonly config?: Record<string, unknown>;
  readonly actId?: string;
  readonly maybeDone?: boolean;
  readonly signal?: AbortSignal;
}

/** As the worker calls, with the keys of the installed app; it can receive presses unless the config says otherwise. */
export function callTo(
  slack: Slack,
  { config = {}, actId = 'act-1', maybeDone = false, signal = AbortSignal.timeout(20_000) }: Calling = {},
): Call<SlackConfig> {
  const given = { bot_token: slack.tokens.bot, signing_secret: slack.signingSecret, api_url: slack.apiUrl, ...config };
  return createCall(slackConnector, { config: SlackConfig.parse(given), door, actId, maybeDone, signal });
}

/** What came of it, in English, also where the network threw. */
export async function outcomeOf<T>(outcome: Promise<Outcome<T>>): Promise<Spoken<T>> {
  try {
    return spoken(await outcome);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return spoken(failure);
  }
}

export const send = (slack: Slack, to: string | null, about: Changes = {}, calling: Calling = {}): Promise<Spoken<Ref>> =>
  outcomeOf(slackConnector.notify!.send(callTo(slack, calling), to, notificationWith(about)));

/** @throws where it failed */
export function valueOf<T>(outcome: Spoken<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.reason} ${outcome.cure ?? ''}`);
}

export function failureIn<T>(outcome: Spoken<T>): Extract<Spoken<T>, { ok: false }> {
  expect(outcome).toMatchObject({ ok: false });
  return outcome as Extract<Spoken<T>, { ok: false }>;
}

/** The one message there. */
export function onlyMessage(channel: Channel): Message {
  expect(channel.messages).toHaveLength(1);
  return channel.messages[0]!;
}

/** All that a message shows, as JSON. */
export const shownIn = ({ blocks }: Message): string => JSON.stringify(blocks);

/** What reached us, and what we say to it. */
export interface Hearing {
  readonly received: Received[];
  /** What came later of what was not over in time. */
  readonly later: Promise<Failure | null>[];
}

/** Slack's requests come to the connector as the API hands them on. */
export function hear(
  slack: Slack,
  answer: (received: Received) => Reply | null | Promise<Reply | null> = () => null,
  calling: Calling = {},
): Hearing {
  const hearing: Hearing = { received: [], later: [] };
  const on: OnReceived = async (received) => {
    hearing.received.push(received);
    return answer(received);
  };
  slack.reach = async (request) => {
    const call = callTo(slack, { ...calling, signal: AbortSignal.timeout(30_000) });
    if (!slackConnector.inbound!.verify(call.config, request)) return { status: 401, body: null };
    try {
      const { status, body, later } = await slackConnector.inbound!.receive(call, request, on);
      if (later !== undefined) hearing.later.push(later);
      return { status, body };
    } catch {
      return { status: 500, body: null };
    }
  };
  return hearing;
}
