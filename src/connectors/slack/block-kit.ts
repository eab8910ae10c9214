import { shorten } from '../../domain/shorten.ts';

/** As far as it is used here: docs.slack.dev/reference/block-kit. */
export interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: true;
}

/** `verbatim`: what is written as a mention, such as `@here`, stays a text (docs.slack.dev/reference/block-kit/composition-objects/text-object). */
export interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}

export interface Button {
  readonly type: 'button';
  readonly text: PlainText;
  readonly action_id: string;
  readonly value?: string;
  readonly url?: string;
  readonly style?: 'primary' | 'danger';
}

export type Block =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'section'; readonly fields: readonly Mrkdwn[] }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }
  | { readonly type: 'actions'; readonly elements: readonly Button[] };

/** What is posted. `text` is what phones show and screen readers say. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: Block[];
}

/** Characters, and fields of one section. */
export const limits = { header: 150, section: 3000, field: 2000, fields: 10, button: 75, buttonUrl: 3000, text: 4000 } as const;

export const plain = (text: string, limit: number): PlainText => ({ type: 'plain_text', text: shorten(text, limit), emoji: true });

/** @param text escaped, and within the limit of its place */
export const formatted = (text: string): Mrkdwn => ({ type: 'mrkdwn', text, verbatim: true });

export const header = (text: string): Block => ({ type: 'header', text: plain(text, limits.header) });
export const section = (text: string): Block => ({ type: 'section', text: formatted(text) });
export const context = (text: string): Block => ({ type: 'context', elements: [formatted(text)] });
export const actions = (elements: readonly Button[]): readonly Block[] => (elements.length === 0 ? [] : [{ type: 'actions', elements }]);

/** Fields stand in sections of ten. */
export function fieldSections(fields: readonly string[]): readonly Block[] {
  const count = Math.ceil(fields.length / limits.fields);
  return Array.from({ length: count }, (_, at) => ({
    type: 'section',
    fields: fields.slice(at * limits.fields, (at + 1) * limits.fields).map(formatted),
  }));
}

/** As many of them as fit. */
export function joined(parts: readonly string[], between: string, limit: number = limits.section): string {
  let text = '';
  for (const part of parts) {
    const longer = text === '' ? part : `${text}${between}${part}`;
    if (longer.length <= limit) text = longer;
  }
  return text;
}

/** Opens an address. Slack tells of such a press too: `isLinkButton`. None for an address that is too long. */
export const linkButton = (name: string, text: string, address: string): readonly Button[] =>
  address.length > limits.buttonUrl
    ? []
    : [{ type: 'button', text: plain(text, limits.button), action_id: `${linkPrefix}${name}`, url: address }];

const linkPrefix = 'open_';
export const isLinkButton = (actionId: string): boolean => actionId.startsWith(linkPrefix);
