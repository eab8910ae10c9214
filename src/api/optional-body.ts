import { createMiddleware } from 'hono/factory';

/** Many clients announce JSON with every POST, whether a body follows or not: where none is needed, an empty one is none. */
export const optionalBody = createMiddleware(async function optionalBody(c, next) {
  if (c.req.header('content-type') !== undefined && (await c.req.text()).trim() === '') {
    const headers = new Headers(c.req.raw.headers);
    headers.delete('content-type');
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers });
  }
  await next();
});
