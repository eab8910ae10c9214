import { MessageCreate, MessageEdit } from './bodies.ts';
import { invalidForm, parse, refuse } from './refusal.ts';
import { may } from './rights.ts';
import { messageEvent, messageOf } from './shown.ts';
import { known, type Channel, type Message, type World } from './world.ts';

/** Types of channels that messages can be sent to: docs.discord.com/developers/resources/channel. */
const takesMessages = new Set([0, 1, 2, 5, 10, 11, 12, 13]);
/** How long a nonce is known: the documentation says "the past few minutes". */
const nonceMs = 5 * 60_000;

/** A channel that the bot can see. */
export function seen(world: World, id: string): Channel {
  const channel = world.channels.get(id) ?? refuse(10003);
  if (channel.recipient === null && !may(world, channel, known.bot, 'viewChannel')) refuse(50001);
  return channel;
}

export function createMessage(world: World, channelId: string, json: unknown): object {
  const channel = seen(world, channelId);
  if (!takesMessages.has(channel.type)) refuse(50008);
  if (channel.recipient !== null && world.people.get(channel.recipient)?.takesMessages !== true) refuse(50007);
  const isOnServer = channel.recipient === null;
  if (isOnServer && !may(world, channel, known.bot, 'sendMessages')) refuse(50013);
  const body = parse(MessageCreate, json);
  const nonce = body.nonce === undefined ? null : String(body.nonce);
  const earlier = world.messages.find(
    (one) => nonce !== null && one.nonce === nonce && one.authorId === known.bot && Date.now() - one.sentAtMs < nonceMs,
  );
  if (body.enforce_nonce === true && earlier !== undefined) return messageOf(world, earlier);
  const mayEmbed = !isOnServer || may(world, channel, known.bot, 'embedLinks');
  const replyTo = referenceOf(world, channel, body);
  const message = add(world, {
    channelId,
    authorId: known.bot,
    webhookId: null,
    nonce,
    replyTo,
    ...contentOf(body, mayEmbed),
    pinged: pingedBy(world, channel, body),
  });
  return messageOf(world, message);
}

/** Without the right to embed, an embed beside a text is left out, and one alone is refused (github.com/discord/discord-api-docs/issues/2601). */
export function contentOf(
  { content, embeds, components }: MessageCreate,
  mayEmbed: boolean,
): Pick<Message, 'content' | 'embeds' | 'components'> {
  const shown = { content: (content ?? '').trim(), embeds: embeds ?? [], components: components ?? [] };
  if (shown.content === '' && shown.embeds.length === 0 && shown.components.length === 0) refuse(50006);
  if (mayEmbed) return shown;
  if (shown.content === '') refuse(50013);
  return { ...shown, embeds: [] };
}

function referenceOf(world: World, channel: Channel, { message_reference: reference }: MessageCreate): string | null {
  if (reference === undefined) return null;
  if (channel.recipient === null && !may(world, channel, known.bot, 'readHistory')) refuse(160002);
  const isThere = world.messages.some(({ id, channelId }) => id === reference.message_id && channelId === channel.id);
  if (isThere) return reference.message_id;
  if (reference.fail_if_not_exists === false) return null;
  return invalidForm([{ path: ['message_reference'], code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' }]);
}

/** Whoever stands in the text and is allowed to be notified; by default everybody who stands there. */
export function pingedBy(world: World, channel: Channel, { content, allowed_mentions: allowed }: MessageCreate): readonly string[] {
  const named = [...(content ?? '').matchAll(/<@!?(\d{17,20})>/g)].map(([, id]) => id as string);
  const people = named.filter((id) => allowed == null || allowed.parse?.includes('users') === true || allowed.users?.includes(id) === true);
  const everyone =
    /@(everyone|here)/.test(content ?? '') &&
    (allowed == null || allowed.parse?.includes('everyone') === true) &&
    may(world, channel, known.bot, 'mentionEveryone');
  return [...new Set(people), ...(everyone ? ['everyone'] : [])];
}

export function add(world: World, message: Omit<Message, 'id' | 'sentAtMs' | 'isPinned' | 'isEdited'>): Message {
  const added: Message = { ...message, id: world.newId(), sentAtMs: Date.now(), isPinned: false, isEdited: false };
  world.messages.push(added);
  world.tell('MESSAGE_CREATE', messageEvent(world, added));
  return added;
}

export function editMessage(world: World, channelId: string, id: string, json: unknown): object {
  const channel = seen(world, channelId);
  const message = messageIn(world, channelId, id);
  if (message.authorId !== known.bot || message.webhookId !== null) refuse(50005);
  return change(world, message, parse(MessageEdit, json), channel.recipient !== null || may(world, channel, known.bot, 'embedLinks'));
}

/** What is left out stays as it was. */
export function change(world: World, message: Message, body: MessageEdit, mayEmbed: boolean): object {
  const { content = message.content, embeds = message.embeds, components = message.components } = body;
  Object.assign(message, contentOf({ content, embeds, components } as MessageCreate, mayEmbed), { isEdited: true });
  world.tell('MESSAGE_UPDATE', messageEvent(world, message));
  return messageOf(world, message);
}
type MessageEdit = ReturnType<typeof MessageEdit.parse>;

export const messageIn = ({ messages }: World, channelId: string, id: string): Message =>
  messages.find((one) => one.id === id && one.channelId === channelId) ?? refuse(10008);

export function pinMessage(world: World, channelId: string, id: string): void {
  const channel = seen(world, channelId);
  if (!may(world, channel, known.bot, 'pinMessages')) refuse(50013);
  messageIn(world, channelId, id).isPinned = true;
}
