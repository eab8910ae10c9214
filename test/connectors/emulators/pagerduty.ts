import { z } from 'zod';
import type { Vendor } from './receiver.ts';

/**
 * Events API v2, `POST /v2/enqueue`: developer.pagerduty.com/docs/events-api-v2-overview (fields, response codes) and
 * .../docs/send-alert-event. 202 for what was taken, 400 with `errors`, 429 when there is too much.
 */
export const routingKey = 'R0123456789abcdef0123456789abcde';

const Payload = z.object({
  summary: z.string().min(1).max(1024),
  source: z.string().min(1),
  severity: z.enum(['critical', 'warning', 'error', 'info']),
  timestamp: z.string().optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});

const Common = {
  routing_key: z.string().length(32, "Length of 'routing_key' is incorrect (should be 32 characters)"),
  client: z.string().optional(),
  client_url: z.url().optional(),
  links: z.array(z.object({ href: z.url(), text: z.string().optional() })).optional(),
};

const Event = z.discriminatedUnion('event_action', [
  z.strictObject({ ...Common, event_action: z.literal('trigger'), dedup_key: z.string().max(255).optional(), payload: Payload }),
  z.strictObject({ ...Common, event_action: z.literal('acknowledge'), dedup_key: z.string().min(1).max(255), payload: Payload.optional() }),
  z.strictObject({ ...Common, event_action: z.literal('resolve'), dedup_key: z.string().min(1).max(255), payload: Payload.optional() }),
]);

/** Keeps alerts by their key, as the vendor does. */
export function pagerduty(): { readonly vendor: Vendor; readonly alerts: ReadonlyMap<string, 'triggered' | 'acknowledged' | 'resolved'> } {
  const alerts = new Map<string, 'triggered' | 'acknowledged' | 'resolved'>();
  const vendor: Vendor = ({ method, path, headers, json }) => {
    if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404, body: { status: 'Not Found', message: 'Not Found' } };
    const invalid = (errors: string[]) => ({ status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors } });
    if (headers['content-type'] !== 'application/json') return invalid(['JSON cannot be parsed']);
    if (headers['routing_key'] !== undefined) return invalid(['the routing key does not belong into a header']);
    const parsed = Event.safeParse(json);
    if (!parsed.success) return invalid(parsed.error.issues.map(({ path: at, message }) => `'${at.join('.')}': ${message}`));
    const event = parsed.data;
    if (event.routing_key !== routingKey) return invalid(['Invalid routing key']);
    const key = event.dedup_key ?? 'made-by-pagerduty';
    alerts.set(key, event.event_action === 'trigger' ? 'triggered' : event.event_action === 'acknowledge' ? 'acknowledged' : 'resolved');
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } };
  };
  return { vendor, alerts };
}
