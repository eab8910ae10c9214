import { z } from 'zod';
import type { Inbound, InboundAnswer, OnReceived, Received, SignedRequest } from '../connector.ts';
import { answerTo } from './answer.ts';
import type { SlackCall } from './client.ts';
import type { SlackConfig } from './config.ts';
import { readEvent } from './events.ts';
import { readCommand, readInteraction } from './interactions.ts';
import { namesOf } from './names.ts';
import { mentioned, toMarkdown, toPlain } from './readable.ts';
import { verify } from './signature.ts';
import type { Told } from './told.ts';

export const inbound: Inbound<SlackConfig> = {
  paths: ['events', 'commands', 'interactive'],
  verify,
  receive: (call, request, on) => receive(call, request, on),
};

/** docs.slack.dev/reference/events/url_verification: when the address is entered at Slack. */
const Handshake = z.object({ type: z.literal('url_verification'), challenge: z.string() });

async function receive(call: SlackCall, request: SignedRequest, on: OnReceived): Promise<InboundAnswer> {
  const payload = payloadOf(request);
  if (payload === undefined) return { status: 400, body: null };
  const handshake = Handshake.safeParse(payload.body);
  if (handshake.success) return { status: 200, body: { challenge: handshake.data.challenge } };
  return tell(call, payload, on);
}

/** As Slack tells it, over either way. */
export interface Payload {
  readonly kind: 'event' | 'command' | 'interaction';
  readonly body: unknown;
}

/** What is none of ours is answered like what is. */
export async function tell(call: SlackCall, payload: Payload, on: OnReceived): Promise<InboundAnswer> {
  const told = read(payload);
  return told === null ? { status: 200, body: null } : answerTo(call, await readably(call, told), on);
}

function read({ kind, body }: Payload): Told | null {
  switch (kind) {
    case 'event':
      return readEvent(body);
    case 'command':
      return readCommand(body);
    case 'interaction':
      return readInteraction(body);
  }
}

/** Undefined for what cannot be read. Events are JSON; the others are forms, interactions with JSON in the field `payload`. */
function payloadOf({ path, body }: SignedRequest): Payload | undefined {
  const text = Buffer.from(body).toString('utf8');
  const name = path.split('/').findLast((part) => part !== '');
  if (name === 'events') return fromJson('event', text);
  const fields = new URLSearchParams(text);
  if (name === 'commands') return { kind: 'command', body: Object.fromEntries(fields) };
  return name === 'interactive' ? fromJson('interaction', fields.get('payload') ?? '') : undefined;
}

function fromJson(kind: Payload['kind'], text: string): Payload | undefined {
  try {
    return { kind, body: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** With the names of people, and texts as others write them: comments in Markdown, commands plain. */
async function readably(call: SlackCall, { received, way }: Told): Promise<Told> {
  const { what, accountId, accountName } = received;
  const text = 'text' in what ? what.text : '';
  const wanted = [...(accountId !== null && accountName === null ? [accountId] : []), ...mentioned(text)];
  const names = await namesOf(call, wanted);
  const named: Received = { ...received, accountName: accountName ?? names.get(accountId ?? '') ?? null };
  if (!('text' in what)) return { received: named, way };
  const readable = what.kind === 'command' ? toPlain(text, names) : toMarkdown(text, names);
  return { received: { ...named, what: { ...what, text: readable } }, way };
}
