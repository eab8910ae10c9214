import { z } from 'zod';
import { refuse } from './refusal.ts';

/** docs.slack.dev/reference/block-kit: fields that are not documented make the message invalid. */
const Plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() });
const Mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: z.string().min(1).max(max), verbatim: z.boolean().optional() });
const Text = (max: number) => z.discriminatedUnion('type', [Plain(max), Mrkdwn(max)]);
const Url = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^(https?|mailto|slack):/);
const blockId = { block_id: z.string().max(255).optional() };

const Button = z.strictObject({
  type: z.literal('button'),
  text: Plain(75),
  action_id: z.string().max(255).optional(),
  url: Url(3000).optional(),
  value: z.string().max(2000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().max(75).optional(),
});

const isUnique = (ids: readonly (string | undefined)[]): boolean => {
  const given = ids.filter((id) => id !== undefined);
  return new Set(given).size === given.length;
};

const MessageBlock = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: Plain(150), ...blockId }),
  z.strictObject({ type: z.literal('divider'), ...blockId }),
  z.strictObject({ type: z.literal('context'), elements: z.array(Text(2000)).min(1).max(10), ...blockId }),
  z
    .strictObject({ type: z.literal('actions'), elements: z.array(Button).min(1).max(25), ...blockId })
    .refine(({ elements }) => isUnique(elements.map(({ action_id }) => action_id)), '`action_id` already exists'),
  z
    .strictObject({
      type: z.literal('section'),
      text: Text(3000).optional(),
      fields: z.array(Text(2000)).min(1).max(10).optional(),
      accessory: Button.optional(),
      ...blockId,
    })
    .refine(({ text, fields }) => text !== undefined || fields !== undefined, 'missing required field: text'),
]);
const MessageBlocks = z
  .array(MessageBlock)
  .max(50)
  .refine((blocks) => isUnique(blocks.map(({ block_id }) => block_id)), '`block_id` already exists');

const Option = z.strictObject({ text: Plain(75), value: z.string().min(1).max(150) });
const Element = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('plain_text_input'),
    action_id: z.string().max(255),
    multiline: z.boolean().optional(),
    max_length: z.number().int().min(1).max(3000).optional(),
    initial_value: z.string().optional(),
  }),
  z
    .strictObject({
      type: z.literal('static_select'),
      action_id: z.string().max(255),
      options: z.array(Option).min(1).max(100).optional(),
      option_groups: z
        .array(z.strictObject({ label: Plain(75), options: z.array(Option).min(1).max(100) }))
        .min(1)
        .max(100)
        .optional(),
      initial_option: Option.optional(),
    })
    .refine(({ options, option_groups }) => (options === undefined) !== (option_groups === undefined), 'options or option_groups')
    .refine(({ options, option_groups, initial_option }) => {
      const all = [...(options ?? []), ...(option_groups ?? []).flatMap((group) => group.options)];
      return initial_option === undefined || all.some(({ value }) => value === initial_option.value);
    }, 'initial_option is one of the options'),
]);
const Input = z.strictObject({
  type: z.literal('input'),
  block_id: z.string().min(1).max(255),
  label: Plain(2000),
  optional: z.boolean().optional(),
  element: Element,
});

/** docs.slack.dev/reference/views/modal-views */
export const Modal = z
  .strictObject({
    type: z.literal('modal'),
    callback_id: z.string().max(255),
    title: Plain(24),
    submit: Plain(24).optional(),
    close: Plain(24).optional(),
    private_metadata: z.string().max(3000).optional(),
    blocks: z.array(z.union([Input, MessageBlock])).max(100),
  })
  .refine(({ blocks, submit }) => submit !== undefined || blocks.every(({ type }) => type !== 'input'), 'submit is missing')
  .refine(({ blocks }) => isUnique(blocks.map(({ block_id }) => block_id)), '`block_id` already exists');
export type Modal = z.infer<typeof Modal>;

const problemsOf = ({ issues }: z.ZodError): string[] =>
  issues.map(({ message, path }) => `${message} [json-pointer:/blocks/${path.join('/')}]`);

/** @throws Refusal */
export function readBlocks(text: string | undefined): readonly unknown[] {
  if (text === undefined) return [];
  const blocks = parse(text);
  if (!Array.isArray(blocks)) refuse('invalid_blocks_format');
  const { success, error } = MessageBlocks.safeParse(blocks);
  if (success) return blocks;
  const errors = problemsOf(error);
  return refuse('invalid_blocks', { errors, response_metadata: { messages: errors.map((problem) => `[ERROR] ${problem}`) } });
}

/** @throws Refusal */
export function readModal(view: unknown): Modal {
  if (JSON.stringify(view ?? null).length > 250_000) refuse('view_too_large');
  const { success, data, error } = Modal.safeParse(view);
  if (success) return data;
  return refuse('invalid_arguments', { response_metadata: { messages: problemsOf(error).map((problem) => `[ERROR] ${problem}`) } });
}

/** Undefined for what is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
