import type { RequestListener } from 'node:http';
import { createMiddleware } from 'hono/factory';

/** The path of IMAS_BASE_URL, below which everything is: `/imas`; empty where it is at the root. */
export const basePathOf = (baseUrl: string): string => new URL(baseUrl).pathname.replace(/\/{1,9}$/, '');

/**
 * Takes the base path off what is asked for. What comes without it is answered too: a proxy may have taken it off already, and who checks
 * the health of one process asks it directly.
 */
export function belowBasePath(basePath: string, listener: RequestListener): RequestListener {
  if (basePath === '') return listener;
  return (incoming, outgoing) => {
    const url = incoming.url ?? '/';
    const rest = url.startsWith(basePath) ? url.slice(basePath.length) : null;
    if (rest === '' || rest?.startsWith('?') === true) {
      outgoing.writeHead(308, { location: `${basePath}/${rest}` }).end();
      return;
    }
    if (rest?.startsWith('/') === true) incoming.url = rest;
    listener(incoming, outgoing);
  };
}

/** Puts the base path before where an answer leads: routes know nothing of it. */
export const locationsBelow = (basePath: string) =>
  createMiddleware(async function locationsBelow(c, next) {
    await next();
    const location = c.res.headers.get('location');
    if (location?.startsWith('/') === true) c.header('Location', `${basePath}${location}`);
  });
