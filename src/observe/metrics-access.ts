import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const metricsAccess = 'Send IMAS_METRICS_TOKEN as "Authorization: Bearer <token>", or ask on the loopback without a proxy.';

/** What proxies add, and what a request that came straight to us from this machine does not have. */
const proxyHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Figures tell a stranger what an installation suffers from: they are for who sends the token, or who asks on this machine. The name in
 * `Host` counts too: a web page that had its own name point to the loopback would ask there as well.
 */
export function mayReadMetrics(peer: string | undefined, headers: IncomingHttpHeaders, token: string | null): boolean {
  const given = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token !== null && given !== undefined && timingSafeEqual(digest(given), digest(token))) return true;
  const host = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? '';
  return isLoopback(peer) && loopbackNames.has(host) && proxyHeaders.every((name) => headers[name] === undefined);
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

const isLoopback = (peer: string | undefined): boolean => peer !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/.test(peer);
