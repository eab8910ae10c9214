import { z } from 'zod';
import { readJson } from '../read-json.ts';

const bytes = (count: number) =>
  z
    .string()
    .max(200)
    .refine((text) => Buffer.from(text, 'base64url').length === count, `must be ${count} bytes in base64url`);

/** As `PushSubscription.toJSON()` gives it: w3.org/TR/push-api, `PushSubscriptionJSON`. */
export const Subscription = z.object({
  endpoint: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2_000),
  keys: z.object({ p256dh: bytes(65), auth: bytes(16) }),
});

export type Subscription = z.infer<typeof Subscription>;

export const readSubscription = (text: string): Subscription | null => Subscription.safeParse(readJson(text)).data ?? null;
