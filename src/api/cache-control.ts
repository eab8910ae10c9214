import type { MiddlewareHandler } from 'hono';

/** Says how long a file that was found may be kept; refusals are not. Set afterwards, since serving a file ends its headers. */
export const cacheControl = (value: string): MiddlewareHandler =>
  async function cacheControl(c, next) {
    await next();
    if (c.res.ok) c.header('Cache-Control', value);
  };
