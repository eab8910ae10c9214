import { hash, timingSafeEqual } from 'node:crypto';
import { createRoute } from '@hono/zod-openapi';
import type { ReceiveMail } from '../../mailbox/receive-mail.ts';
import { notFound, Problem } from '../problem.ts';
import { problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

export interface MailHook {
  readonly secret: string;
  readonly receive: ReceiveMail;
}

/**
 * `POST /api/v1/mail/inbound/`: a mail server hands us a raw mail. Whatever comes of it, it is taken: a refusal would become a report to whoever the
 * mail says that it is from. Mounted below `/api/v1`, open to whoever has the secret.
 * @param hook null where no mail server may post
 */
export function createMailHookRoutes(hook: MailHook | null) {
  const router = createRouter();
  router.openAPIRegistry.registerPath(inbound);
  // The body is a mail and no JSON.
  router.post(inbound.path, async (c) => {
    const given = bearerOf(c.req.header('authorization'));
    if (hook === null && given !== '') throw notFound('mail hook');
    if (hook === null || !isSame(given, hook.secret))
      throw new Problem(401, 'The secret is missing or wrong.', { headers: { 'WWW-Authenticate': 'Bearer realm="mail"' } });
    await hook.receive(new Uint8Array(await c.req.raw.arrayBuffer()));
    return c.body(null, 202);
  });
  return router;
}

const inbound = createRoute({
  method: 'post',
  path: '/mail/inbound',
  tags: ['mail'],
  summary: 'Receive an answer by mail',
  description:
    'For your mail server alone: posts one raw mail (RFC 5322) that came to the address for answers, with `IMAS_MAIL_HOOK_SECRET` as bearer token. A mail that is posted twice acts once. Whether it was understood is not said here: its sender is told by mail.',
  security: [{ bearer: [] }],
  request: { body: { required: true, content: { 'message/rfc822': { schema: { type: 'string' as const, format: 'binary' } } } } },
  responses: { 202: { description: 'Taken. There is no need to send it again.' }, ...problems(401, 404, 413) },
});

const bearerOf = (header: string | undefined): string => /^bearer +(\S.*)$/i.exec(header?.trim() ?? '')?.[1] ?? '';

/** Node decodes header bytes as Latin-1. */
const isSame = (given: string, secret: string): boolean =>
  timingSafeEqual(hash('sha256', Buffer.from(given, 'latin1'), 'buffer'), hash('sha256', Buffer.from(secret, 'utf8'), 'buffer'));
