import { z } from 'zod';
import type { Vendor } from './receiver.ts';

/**
 * Slack incoming webhooks: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (answers, errors as text) and
 * docs.slack.dev/reference/block-kit (blocks and limits).
 */
export const slackPath = '/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';

const Plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(max), emoji: z.boolean().optional() });
const Mrkdwn = (max: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(max).refine(isEscaped, 'has a bare < or &'),
    verbatim: z.boolean().optional(),
  });

/** `<` opens a link or a mention and nothing else, `&` an entity. A message that people wrote must not mention @channel. */
function isEscaped(text: string): boolean {
  const withoutLinks = text.replaceAll(/<https?:\/\/[^<>|\s]+(\|[^<>]*)?>/g, '').replaceAll(/&(amp|lt|gt);/g, '');
  return !/[<&]/.test(withoutLinks);
}

const Button = z.strictObject({
  type: z.literal('button'),
  text: Plain(75),
  url: z.url().max(3000).optional(),
  action_id: z.string().max(255).optional(),
  value: z.string().max(2000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});

const Block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: Plain(150), block_id: z.string().max(255).optional() }),
  z.strictObject({ type: z.literal('divider') }),
  z.strictObject({ type: z.literal('actions'), elements: z.array(Button).min(1).max(25) }),
  z
    .strictObject({
      type: z.literal('section'),
      text: z.union([Mrkdwn(3000), Plain(3000)]).optional(),
      fields: z.array(Mrkdwn(2000)).min(1).max(10).optional(),
    })
    .refine(({ text, fields }) => text !== undefined || fields !== undefined),
]);

const Message = z.strictObject({
  text: z.string().max(40_000).refine(isEscaped, 'has a bare < or &').optional(),
  blocks: z.array(Block).max(50).optional(),
  unfurl_links: z.boolean().optional(),
});

export const slackIncomingWebhook: Vendor = ({ method, path, headers, json }) => {
  if (path !== slackPath) return { status: 404, body: 'no_service' };
  if (method !== 'POST' || headers['content-type'] !== 'application/json' || json === undefined)
    return { status: 400, body: 'invalid_payload' };
  const parsed = Message.safeParse(json);
  if (!parsed.success) return { status: 400, body: 'invalid_blocks' };
  if (!parsed.data.text) return { status: 400, body: 'no_text' };
  return { status: 200, body: 'ok' };
};
