import { Webhook } from 'standardwebhooks';

/**
 * Headers by which the receiver knows who sent this and when, and a repeat for a repeat: standardwebhooks.com. The time is
 * that of the sending, since receivers refuse what is older than five minutes.
 */
export function signatureHeaders(secret: string, deliveryId: string, body: string, now: Date): Record<string, string> {
  const webhook = secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(new TextEncoder().encode(secret), { format: 'raw' });
  return {
    'webhook-id': deliveryId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': webhook.sign(deliveryId, now, body),
  };
}
