import { shorten } from '../../domain/shorten.ts';
import type { FormField, Reply } from '../connector.ts';
import { oneLine } from '../notification-text.ts';
import { limits } from './embed.ts';
import type { Act } from './interaction.ts';
import { nobody } from './message.ts';

/** docs.discord.com/developers/interactions/receiving-and-responding, interaction response. */
export type Response =
  | { readonly type: 1 }
  | { readonly type: 4; readonly data: ReplyText & { readonly flags?: number } }
  | { readonly type: 5; readonly data: { readonly flags: number } }
  | { readonly type: 6 }
  | { readonly type: 9; readonly data: Modal };

export interface ReplyText {
  readonly content: string;
  readonly embeds?: readonly { readonly description: string }[];
  readonly allowed_mentions: typeof nobody;
}

interface Modal {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly object[];
}

export const pong: Response = { type: 1 };

/** For the one person alone. */
const ephemeral = 1 << 6;

/** What follows is for them alone: how it is shown is decided here, before there is a reply. */
export const deferral: Response = { type: 5, data: { flags: ephemeral } };

export function responseTo({ type }: Pick<Act, 'type'>, reply: Reply | null): Response {
  // A press may stay without words; a command or a form would seem to have failed.
  if (reply === null) return type === 3 ? { type: 6 } : { type: 4, data: { ...textOf('✅'), flags: ephemeral } };
  if (reply.kind === 'form') return { type: 9, data: modalOf(reply) };
  return { type: 4, data: { ...textOf(reply.text), ...(!reply.forAll && { flags: ephemeral }) } };
}

/** What is too long for a message goes into an embed, which holds twice as much. */
export function textOf(text: string): ReplyText {
  if (text.length <= limits.content) return { content: text, allowed_mentions: nobody };
  return { content: '', embeds: [{ description: shorten(text, limits.description) }], allowed_mentions: nobody };
}

/** docs.discord.com/developers/components/reference: a form has up to five fields, a choice up to 25 options. */
function modalOf({ form, title, fields }: Extract<Reply, { kind: 'form' }>): Modal {
  return {
    custom_id: form,
    title: shorten(oneLine(title), 45),
    components: fields.slice(0, 5).map((field) => ({ type: 18, label: shorten(oneLine(field.label), 45), component: inputOf(field) })),
  };
}

function inputOf({ name, required, options }: FormField): object {
  if (options.length === 0) return { type: 4, custom_id: name, style: isLong(name) ? 2 : 1, required };
  const shown = options.slice(0, 25).map((option) => ({ label: shorten(oneLine(option), 100), value: option.slice(0, 100) }));
  return { type: 3, custom_id: name, required, options: shown };
}

/** Several lines rather than one. */
const isLong = (name: string): boolean => ['description', 'comment'].includes(name);
