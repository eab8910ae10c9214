import { z } from 'zod';
import { trimEndOf } from '../../domain/trim-end.ts';
import { destination, secret } from '../secret.ts';

const key = z.string().trim().min(1, 'must not be empty');

/** Letters and digits up to eleven, or a number (docs.ovhcloud.com, "Everything you need to know about SMS senders"); old ones may hold a space or a dot. */
const senderPattern = /^(\+?[0-9]{3,15}|[A-Za-z0-9 ._-]{1,11})$/;

export const OvhSmsConfig = z.strictObject({
  application_key: secret(key).describe('Application Key of the token.'),
  application_secret: secret(key).describe('Application Secret of the token.'),
  consumer_key: secret(key).describe('Consumer Key of the token.'),
  service_name: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9._-]+$/, 'must be the name of an SMS account, such as sms-ab12345-1')
    .describe('Name of the SMS account: `sms-ab12345-1`.'),
  sender: z
    .string()
    .trim()
    .refine((text) => text === '' || senderPattern.test(text), 'must have at most 11 letters and digits, or be a number')
    .optional()
    .describe(
      'A sender that OVH has validated. Without one, a short number sends, and OVH blocks links in such messages: they arrive without theirs.',
    ),
  emoji: z
    .boolean()
    .default(true)
    .describe(
      'Begin with the emoji of the severity. Without it most messages take half as many SMS, since 160 characters fit into one and not 70.',
    ),
  no_stop: z
    .boolean()
    .default(true)
    .describe('Send without the STOP clause, which is for advertising: with it OVH holds messages back at night and on Sundays.'),
  api_url: destination(z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }))
    .default('https://eu.api.ovh.com/1.0')
    .describe("OVH's API: another region, or a test server."),
});

export type OvhSmsConfig = z.infer<typeof OvhSmsConfig>;

/** Without a slash at its end. The version of the API is added where there is no path at all. */
export function apiUrlOf({ api_url }: Pick<OvhSmsConfig, 'api_url'>): string {
  const { origin, pathname } = new URL(api_url);
  const path = trimEndOf(pathname, '/');
  return `${origin}${path === '' ? '/1.0' : path}`;
}

/** Null for a short number that OVH chooses. */
export const senderOf = ({ sender }: Pick<OvhSmsConfig, 'sender'>): string | null =>
  sender === undefined || sender === '' ? null : sender;
