import { shorten } from '../../domain/shorten.ts';
import type { FormField, Reply } from '../connector.ts';

export type Form = Extract<Reply, { kind: 'form' }>;

/** docs.slack.dev/reference/views/modal-views, docs.slack.dev/reference/block-kit/block-elements/select-menu-element */
const limits = { title: 24, label: 2000, optionText: 75, optionValue: 150, options: 100, groups: 10, input: 3000 } as const;

const plain = (text: string, limit: number) => ({ type: 'plain_text', text: shorten(text, limit) }) as const;

/**
 * A modal of the form: a block for each field, by its name.
 * @param responseUrl where a text goes once it is filled in: the modal carries it along
 */
export const viewOf = ({ form, title, fields }: Form, responseUrl: string | null) => ({
  type: 'modal' as const,
  callback_id: form,
  title: plain(title, limits.title),
  // In the words of the form, so that they are in its language.
  submit: plain(title, limits.title),
  private_metadata: responseUrl === null ? '' : JSON.stringify({ responseUrl }),
  blocks: fields.map((field) => ({
    type: 'input' as const,
    block_id: field.name,
    label: plain(field.label, limits.label),
    optional: !field.required,
    element: elementOf(field),
  })),
});

/** What the modal carried: Slack hands it back as it was. Null for nothing. */
export function readCarried(privateMetadata: string): string | null {
  if (privateMetadata === '') return null;
  try {
    const { responseUrl } = JSON.parse(privateMetadata) as { readonly responseUrl?: unknown };
    return typeof responseUrl === 'string' ? responseUrl : null;
  } catch {
    return null;
  }
}

const action_id = 'value';

/** A menu takes 100 options, and 100 groups of them; so many that nobody would scroll through them are typed instead. */
function elementOf({ options, value = '', isLong = false }: FormField) {
  const isMenu = options.length > 0 && options.length <= limits.options * limits.groups && options.every(isChoosable);
  if (!isMenu) {
    const begun = value === '' ? {} : { initial_value: value.slice(0, limits.input) };
    return { type: 'plain_text_input' as const, action_id, max_length: limits.input, ...(isLong && { multiline: true }), ...begun };
  }
  const choices = options.map((value) => ({ text: plain(value, limits.optionText), value }));
  const chosen = choices.find((choice) => choice.value === value);
  const begun = chosen === undefined ? {} : { initial_option: chosen };
  if (choices.length <= limits.options) return { type: 'static_select' as const, action_id, options: choices, ...begun };
  const groups = Array.from({ length: Math.ceil(choices.length / limits.options) }, (_, at) => {
    const some = choices.slice(at * limits.options, (at + 1) * limits.options);
    return {
      label: plain(`${shorten(some[0]?.value ?? '', 30)} – ${shorten(some.at(-1)?.value ?? '', 30)}`, limits.optionText),
      options: some,
    };
  });
  return { type: 'static_select' as const, action_id, option_groups: groups, ...begun };
}

const isChoosable = (option: string): boolean => option.length > 0 && option.length <= limits.optionValue;
