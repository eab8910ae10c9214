import { z } from 'zod';
import type { Call } from '../../../src/connectors/call.ts';
import type { Alerts, Connector, Headers } from '../../../src/connectors/connector.ts';
import { done, failedForGood, failedForNow, type Outcome, type Ref } from '../../../src/connectors/outcome.ts';
import { destination, secret } from '../../../src/connectors/secret.ts';
import type { AlertEvent, ParseResult } from '../../../src/domain/alert-event.ts';
import { said } from '../../../src/domain/said.ts';
import type { Json } from './vendor.ts';

const ToyConfig = z.strictObject({
  url: destination(z.url()).describe('Where the toy listens.'),
  token: secret(z.string().min(8)).describe('From the back of the box.'),
  volume: z.enum(['low', 'high']).default('low').describe('How loud it rings.'),
});
type ToyConfig = z.infer<typeof ToyConfig>;

async function ask({ config, http }: Call<ToyConfig>, path: string, body: Json): Promise<Outcome<Ref>> {
  const answer = await http.fetch({
    url: `${config.url}${path}`,
    method: 'POST',
    headers: { authorization: `Bearer ${config.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status === 410) return failedForGood(said('cause.httpStatus', { status: 410 }));
  if (answer.status !== 200) return failedForNow(said('cause.http', { status: answer.status, said: http.shown(answer.body) }));
  const { id } = JSON.parse(answer.body) as { id: string };
  return done({ id, url: `${config.url}${path}/${id}`, receipt: `toy ${id}` });
}

/** @param languages values of the header `x-toy-language` that are understood; without the header it is `toy` */
export const createToyConnector = (languages: readonly string[] = ['toy']): Connector<ToyConfig> => ({
  id: 'toy',
  title: 'Toy system',
  about: 'Wind it up, and give it its key.',
  config: ToyConfig,
  notify: {
    medium: 'chat',
    pace: { perSecond: 50 },
    address: z.string().regex(/^toy-/, 'must begin with toy-'),
    dropsDoubles: () => true,
    send: (call, to, { incident, event }) =>
      ask(call, '/messages', { key: call.actId, to, title: incident.title, event, room: incident.links.warRoom }),
    update: (call, sent, { incident, note }) =>
      ask(call, '/changes', { key: sent.id, status: incident.status, room: incident.links.warRoom, note }),
    reply: (call, sent, { event }) => ask(call, '/replies', { key: call.actId, to: sent.id, event }),
  },
  rooms: {
    ensure: (call, { name }, { id }) => ask(call, '/rooms', { key: id, name }),
    describe: (call, room, { topic }) => ask(call, '/topics', { key: room.id, topic }),
    async invite(call, room, members) {
      const known = members.filter(({ email }) => email !== null);
      const asked = await ask(call, '/invitations', { key: room.id, who: known.map(({ name }) => name).join(', ') });
      return asked.ok ? done(members.filter((member) => !known.includes(member))) : asked;
    },
    post: (call, room, { incident }) => ask(call, '/messages', { key: call.actId, to: room.id, title: incident.title }),
    pin: (call, room, message) => ask(call, '/pins', { key: room.id, message: message.id }),
    close: (call, room) => ask(call, '/closings', { key: room.id }),
  },
  alerts: {
    ...alertsOf('toy', languages),
    signature: {
      header: 'x-toy-signature',
      verify: ({ headers, secret: known }) => headers['x-toy-signature'] === `signed with ${known}`,
    },
  },
});

/** Sends to the toy's address, and is known there by what it says of itself. */
export const toyCousin = {
  id: 'toy-cousin',
  title: 'Cousin of the toy',
  about: 'Lives at the toy’s.',
  alerts: {
    ...alertsOf('toy-cousin', ['toy']),
    shares: {
      address: 'toy',
      claims: (body, headers) => headers['x-toy-cousin'] !== undefined || (body as { cousin?: unknown } | null)?.cousin === true,
    },
    headers: ['x-toy-cousin'],
  },
} satisfies Connector;

function alertsOf(source: string, languages: readonly string[]): Alerts {
  return {
    headers: ['x-toy-language'],
    parse: (body, headers) => parse(source, languages, body, headers),
    wholeBody: (kept) => kept,
  };
}

function parse(source: string, languages: readonly string[], body: unknown, headers: Headers): ParseResult {
  const language = headers['x-toy-language'] ?? 'toy';
  if (!languages.includes(language)) return { ok: false, problem: { field: 'body', reason: `is in ${language}` } };
  const { title, service } = body as { title: string; service: string };
  const event: AlertEvent = {
    source,
    fingerprint: title,
    status: 'firing',
    startsAt: null,
    endsAt: null,
    at: null,
    name: title,
    summary: title,
    description: '',
    service,
    severity: 'SEV1_CRITICAL',
    labels: {},
    annotations: {},
    links: {},
    raw: body,
  };
  return { ok: true, alerts: [event] };
}
