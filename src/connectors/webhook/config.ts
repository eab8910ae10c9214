import { z } from 'zod';
import { incidentEvents } from '../../domain/vocabulary.ts';
import { destination, secret, secretsByName } from '../secret.ts';
import { readTemplate } from './template.ts';

export const webhookFormats = ['json', 'events', 'slack', 'teams', 'pagerduty', 'opsgenie', 'custom'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

/** Headers that the call itself makes; the signature's may not be forged by a config. */
const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'idempotency-key',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
]);

/** RFC 9110 §5.1 and §5.5; a key of PagerDuty's may stand among the headers too. */
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not a header name');
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be one line of Latin characters');

const signingSecret = z
  .string()
  .min(16, 'must have at least 16 characters')
  .refine(
    (text) => !text.startsWith('whsec_') || isKey(text.slice('whsec_'.length)),
    'after whsec_ there must be base64 of 16 to 64 bytes',
  );

/** Standard Webhooks: 24 to 64 bytes are recommended; shorter keys of other systems are let through down to 16. */
function isKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && bytes.length >= 16 && bytes.length <= 64;
}

/**
 * The URL is a secret as a whole, since Slack's, Teams' and many others' carry their token in it; so are all header
 * values. A template must stay readable to be edited, so in it only the values under telling names (`token`, `api_key`)
 * are secrets.
 */
export const WebhookConfig = z
  .strictObject({
    url: destination(secret(z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }))).describe(
      'The URL to call. It is kept secret, since such URLs often contain a token. It must not contain a username or password: use `headers` for these.',
    ),
    method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
    format: z.enum(webhookFormats).optional().describe('What is sent. By default `json`, or `custom` if there is a template.'),
    headers: secret(z.record(headerName, headerValue))
      .optional()
      .describe('Additional request headers, such as `Authorization`. Their values are kept secret.'),
    template: secretsByName(z.union([z.string(), z.record(z.string(), z.json()), z.array(z.json())]))
      .optional()
      .describe(
        'For `custom`: any JSON, with placeholders inside its strings. Values under names like `token` or `api_key` are kept secret.',
      ),
    routing_key: secret(z.string().min(1))
      .optional()
      .describe('For `pagerduty`: the integration key. It can also be given as `headers.routing_key`, and is then not sent as a header.'),
    events: z
      .array(z.enum(incidentEvents))
      .optional()
      .describe(
        'Which events to send in addition to pages. With format `json` they have the shape of `events`; every other format keeps its own.',
      ),
    secret: secret(signingSecret)
      .optional()
      .describe('Signs every call (standardwebhooks.com): `whsec_` and base64, or any text of at least 16 characters.'),
  })
  .superRefine((config, context) => {
    const problem = (field: string, message: string): void => context.addIssue({ code: 'custom', path: [field], message });
    const url = URL.canParse(config.url) ? new URL(config.url) : null;
    if (url !== null && (url.username !== '' || url.password !== ''))
      problem('url', 'must hold no user name or password: send them in headers.Authorization');
    for (const name of Object.keys(config.headers ?? {})) {
      if (ownHeaders.has(name.toLowerCase()))
        context.addIssue({ code: 'custom', path: ['headers', name], message: 'is set by the call itself' });
    }
    if (config.template !== undefined && readTemplate(config.template) === undefined) problem('template', 'is not valid JSON');
    const format = formatOf(config);
    if (format === 'custom' && config.template === undefined) problem('template', 'is needed for the format custom');
    if (format === 'pagerduty' && routingKeyOf(config) === undefined) problem('routing_key', 'is needed for the format pagerduty');
  });

export type WebhookConfig = z.infer<typeof WebhookConfig>;

/** `custom` where there is a template and no format. */
export const formatOf = ({ format, template }: Pick<WebhookConfig, 'format' | 'template'>): WebhookFormat =>
  format ?? (template === undefined ? 'json' : 'custom');

const isRoutingKey = (name: string): boolean => name.toLowerCase() === 'routing_key';

export function routingKeyOf({ routing_key, headers = {} }: Pick<WebhookConfig, 'routing_key' | 'headers'>): string | undefined {
  return routing_key ?? Object.entries(headers).find(([name]) => isRoutingKey(name))?.[1];
}

/** Those that are sent: the routing key is none of them. */
export const headersOf = ({ headers = {} }: Pick<WebhookConfig, 'headers'>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !isRoutingKey(name)));
