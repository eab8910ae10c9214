import { z } from 'zod';
import type { Vendor } from './receiver.ts';

/**
 * Alert API: docs.opsgenie.com/docs/alert-api (fields and their limits, create, close, acknowledge) and
 * docs.opsgenie.com/docs/response (errors). Fields that it does not know are let through by the vendor, and not here.
 */
export const apiKey = 'eb243592-faa2-4ba2-a551-1afdf565c889';

const Alert = z.strictObject({
  message: z.string().min(1, 'Message can not be empty.').max(130),
  alias: z.string().max(512).optional(),
  description: z.string().max(15_000).optional(),
  responders: z.array(z.unknown()).max(50).optional(),
  tags: z.array(z.string().max(50)).max(20).optional(),
  details: z.record(z.string(), z.string()).optional(),
  entity: z.string().max(512).optional(),
  source: z.string().max(100).optional(),
  priority: z.enum(['P1', 'P2', 'P3', 'P4', 'P5']).optional(),
  user: z.string().max(100).optional(),
  note: z.string().max(25_000).optional(),
});

const Action = z.strictObject({
  user: z.string().max(100).optional(),
  source: z.string().max(100).optional(),
  note: z.string().max(25_000).optional(),
});

export function opsgenie(): { readonly vendor: Vendor; readonly alerts: ReadonlyMap<string, 'open' | 'acked' | 'closed'> } {
  const alerts = new Map<string, 'open' | 'acked' | 'closed'>();
  const rest = { took: 0.003, requestId: '43a29c5c-3dbf-4fa4-9c26-f4f71023e120' };
  const taken = { status: 202, body: { result: 'Request will be processed', ...rest } };
  const unprocessable = (issues: readonly z.core.$ZodIssue[]) => ({
    status: 422,
    body: {
      message: 'Request body is not processable. Please check the errors.',
      errors: Object.fromEntries(issues.map(({ path, message }) => [path.join('.'), message])),
      ...rest,
    },
  });
  const vendor: Vendor = ({ method, path, headers, json }) => {
    if (headers.authorization !== `GenieKey ${apiKey}`) return { status: 401, body: { message: 'Could not authenticate', ...rest } };
    if (headers['content-type'] !== 'application/json') return { status: 415, body: { message: 'Unsupported media type', ...rest } };
    const url = new URL(path, 'http://opsgenie');
    const action = /^\/v2\/alerts\/([^/]+)\/(close|acknowledge)$/.exec(url.pathname);
    if (method !== 'POST' || (action === null && url.pathname !== '/v2/alerts'))
      return { status: 404, body: { message: 'Not Found', ...rest } };
    if (action === null) {
      const parsed = Alert.safeParse(json);
      if (!parsed.success) return unprocessable(parsed.error.issues);
      const alias = parsed.data.alias ?? parsed.data.message;
      // A create for an open alert only counts up: its state stays.
      if (!alerts.has(alias) || alerts.get(alias) === 'closed') alerts.set(alias, 'open');
      return taken;
    }
    const parsed = Action.safeParse(json);
    if (!parsed.success) return unprocessable(parsed.error.issues);
    if (url.searchParams.get('identifierType') !== 'alias') return { status: 422, body: { message: 'Identifier is not valid', ...rest } };
    const alias = decodeURIComponent(action[1] as string);
    // The vendor takes such requests and fails them later (docs.opsgenie.com/docs/alert-api, request status).
    if (alerts.has(alias)) alerts.set(alias, action[2] === 'close' ? 'closed' : 'acked');
    return taken;
  };
  return { vendor, alerts };
}
