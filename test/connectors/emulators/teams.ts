import { z } from 'zod';
import type { Vendor } from './receiver.ts';

const maxBytes = 28 * 1024;

const OpenUri = z.strictObject({
  '@type': z.literal('OpenUri'),
  name: z.string().min(1),
  targets: z.array(z.strictObject({ os: z.enum(['default', 'iOS', 'android', 'windows']), uri: z.url() })).min(1),
});

const MessageCard = z.strictObject({
  '@type': z.literal('MessageCard'),
  '@context': z.string().regex(/^https?:\/\/schema\.org\/extensions$/),
  themeColor: z.string().regex(/^[0-9A-F]{6}$/i),
  summary: z.string().min(1),
  sections: z.array(
    z.strictObject({
      activityTitle: z.string().min(1),
      activitySubtitle: z.string().optional(),
      facts: z.array(z.strictObject({ name: z.string(), value: z.string() })),
      text: z.string().optional(),
      markdown: z.boolean().optional(),
    }),
  ),
  // At most four: message-card-reference, "potentialAction".
  potentialAction: z.array(OpenUri).max(4).optional(),
});

/**
 * An Office connector, `/webhookb2/…`: learn.microsoft.com/outlook/actionable-messages/message-card-reference. `1` for what it
 * posted; a refusal of Teams itself comes as 200 with a text.
 */
export const officeConnector: Vendor = ({ method, path, headers, text, json }) => {
  if (method !== 'POST' || !path.startsWith('/webhookb2/')) return { status: 404, body: 'Not Found' };
  if (headers['content-type'] !== 'application/json' || json === undefined)
    return { status: 400, body: 'Bad payload received by generic incoming webhook.' };
  if (Buffer.byteLength(text) > maxBytes) return { status: 413, body: 'Request Entity Too Large' };
  if (!MessageCard.safeParse(json).success) return { status: 400, body: 'Summary or Text is required.' };
  return { status: 200, body: '1' };
};

const TextBlock = z.strictObject({
  type: z.literal('TextBlock'),
  text: z.string().min(1),
  wrap: z.boolean().optional(),
  isSubtle: z.boolean().optional(),
  size: z.enum(['small', 'default', 'medium', 'large', 'extraLarge']).optional(),
  weight: z.enum(['lighter', 'default', 'bolder']).optional(),
});
const FactSet = z.strictObject({
  type: z.literal('FactSet'),
  facts: z.array(z.strictObject({ title: z.string(), value: z.string() })).min(1),
});
const Container = z.strictObject({
  type: z.literal('Container'),
  style: z.enum(['default', 'emphasis', 'good', 'attention', 'warning', 'accent']).optional(),
  items: z.array(TextBlock).min(1),
});

/** adaptivecards.io/explorer, version 1.4; `msteams.width`: learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format. */
const AdaptiveCard = z.strictObject({
  $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
  type: z.literal('AdaptiveCard'),
  version: z.enum(['1.0', '1.1', '1.2', '1.3', '1.4', '1.5']),
  msteams: z.strictObject({ width: z.literal('Full') }).optional(),
  body: z.array(z.discriminatedUnion('type', [TextBlock, FactSet, Container])),
  actions: z.array(z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string(), url: z.url() })).max(6),
});

const Message = z.strictObject({
  type: z.literal('message'),
  attachments: z
    .array(
      z.strictObject({ contentType: z.literal('application/vnd.microsoft.card.adaptive'), contentUrl: z.null(), content: AdaptiveCard }),
    )
    .length(1),
});

/** The flow "Post to a channel when a webhook request is received"; 202 is the trigger's answer. */
export const teamsWorkflow: Vendor = ({ method, path, headers, text, json }) => {
  const error = (code: string, message: string) => ({ error: { code, message } });
  if (method !== 'POST' || !/^\/workflows\/[0-9a-f]+\/triggers\/manual\/paths\/invoke/.test(path))
    return { status: 404, body: error('WorkflowNotFound', 'The workflow could not be found.') };
  if (!new URL(path, 'http://flow').searchParams.has('sig'))
    return {
      status: 401,
      body: error('DirectApiAuthorizationRequired', 'The request must be authenticated only by Shared Access scheme.'),
    };
  if (headers['content-type'] !== 'application/json')
    return { status: 400, body: error('InvalidRequestContent', 'The request content is not valid and could not be deserialized.') };
  if (Buffer.byteLength(text) > maxBytes) return { status: 413, body: error('RequestEntityTooLarge', 'Request Entity too large') };
  const parsed = Message.safeParse(json);
  return parsed.success ? { status: 202 } : { status: 400, body: error('TriggerInputSchemaMismatch', parsed.error.message) };
};
