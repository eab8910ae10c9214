import { sign } from 'node:crypto';
import { MessageEdit, Response } from './bodies.ts';
import { contentOf } from './messages.ts';
import { invalidForm, parse, refuse } from './refusal.ts';
import { userOf } from './shown.ts';
import type { InteractionState, World } from './world.ts';

const kinds = { command: 2, press: 3, form: 5 } as const;

export interface Doing {
  readonly kind: keyof typeof kinds;
  readonly by: string;
  readonly data: object;
  /** In a conversation with the bot, rather than on the server. */
  readonly isDirect?: boolean;
  readonly guildId?: string;
  readonly locale?: string;
}

/** What a person does, as Discord tells it; whoever gets it has to answer. */
export function beginInteraction(world: World, { kind, by, data, isDirect = false, guildId = world.guild.id, locale = 'en-US' }: Doing) {
  const state: InteractionState = {
    id: world.newId(),
    token: `aW50ZXJhY3Rpb24-${world.newId()}`,
    kind: kinds[kind],
    response: null,
    shown: null,
  };
  world.interactions.set(state.id, state);
  const user = userOf(world, by);
  const json = {
    id: state.id,
    application_id: world.application.id,
    type: state.kind,
    token: state.token,
    version: 1,
    data,
    locale,
    entitlements: [],
    attachment_size_limit: 10_485_760,
    // docs.discord.com/developers/interactions/receiving-and-responding: the channel that it was sent from.
    channel_id: world.guild.id,
    ...(isDirect ? { user } : { guild_id: guildId, member: { user, nick: world.members.get(by)?.nick ?? null, roles: [] } }),
  };
  return { state, json };
}

/** As Discord calls the URL of an application. @param ageMs of the timestamp */
export function signedRequest(world: World, json: object, ageMs = 0) {
  const nowMs = Date.now();
  const body = Buffer.from(JSON.stringify(json));
  const timestamp = String(Math.floor((nowMs - ageMs) / 1000));
  const signature = sign(null, Buffer.concat([Buffer.from(timestamp), body]), world.application.privateKey).toString('hex');
  return {
    path: 'interactions',
    headers: { 'x-signature-ed25519': signature, 'x-signature-timestamp': timestamp, 'content-type': 'application/json' },
    body: new Uint8Array(body),
    nowMs,
  };
}

/** Takes the first answer, in the body of an HTTP answer or by the callback. */
export function takeResponse(state: InteractionState, json: unknown): void {
  if (state.response !== null) refuse(40060);
  const response = parse(Response, json);
  const isWrong =
    response.type === 1 || (response.type === 9 && state.kind === kinds.form) || (response.type === 6 && state.kind === kinds.command);
  if (isWrong) invalidForm([{ path: ['type'], code: 'BASE_TYPE_CHOICES', message: 'This response is not for that interaction' }]);
  if (response.type === 4) {
    const { content, embeds } = contentOf(response.data, true);
    state.shown = { content, embeds, isForThemAlone: response.data.flags === 64 };
  }
  state.response = response;
}

export function callBack(world: World, id: string, token: string, json: unknown): void {
  const state = world.interactions.get(id) ?? refuse(10062);
  if (state.token !== token) refuse(10062);
  takeResponse(state, json);
}

/** Only what was deferred, or answered with a message, can be changed or taken away. */
function originalOf({ application, interactions }: World, applicationId: string, token: string): InteractionState {
  const state = [...interactions.values()].find((one) => one.token === token);
  if (state === undefined || applicationId !== application.id) return refuse(50027);
  return state.response?.type === 4 || state.response?.type === 5 ? state : refuse(10008);
}

export function editOriginal(world: World, applicationId: string, token: string, json: unknown): object {
  const state = originalOf(world, applicationId, token);
  const { content, embeds } = contentOf(parse(MessageEdit, json), true);
  const { flags } = (state.response?.data ?? {}) as { flags?: number };
  state.shown = { content, embeds, isForThemAlone: flags === 64 };
  return { id: world.newId(), channel_id: world.guild.id, content };
}

export function deleteOriginal(world: World, applicationId: string, token: string): void {
  originalOf(world, applicationId, token).shown = null;
}
