import { z } from 'zod';
import { destination, secret } from '../secret.ts';

const key = (bytes: number, what: string) =>
  z
    .string()
    .trim()
    .regex(/^[-_A-Za-z0-9]+$/, `must be ${what} in base64url`)
    .refine((text) => Buffer.from(text, 'base64url').length === bytes, `must be ${what} in base64url, ${bytes} bytes long`);

/** RFC 8292 §2.1 and §3.2: an address where the push services reach whoever sends, and a key pair on P-256. */
export const WebPushConfig = z.strictObject({
  contact: z
    .union([z.email(), z.url({ protocol: /^(https|mailto)$/ })], { error: 'must be a mail address, or an https URL' })
    .describe('A mail address or an https URL where push services reach you if something goes wrong. Apple demands a real one.'),
  public_key: destination(key(65, 'a public VAPID key'))
    .optional()
    .describe('Made with the provider. Devices are bound to it: with another one, each must be added anew.'),
  private_key: secret(key(32, 'a private VAPID key')).optional().describe('Made with the provider.'),
});

export type WebPushConfig = z.infer<typeof WebPushConfig>;

/** The push services' word for it is `sub`. */
export const subjectOf = ({ contact }: WebPushConfig): string => (contact.includes(':') ? contact : `mailto:${contact}`);
