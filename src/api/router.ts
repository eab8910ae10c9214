import { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from './env.ts';
import { problemFromZod, problemResponse } from './problem.ts';

/** Every router is one of these, so that its routes are in the OpenAPI document and its refusals are problems. */
export function createRouter(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    // `/services` and `/services/` are the same; routes are registered without the slash.
    strict: false,
    defaultHook: (result, c) => {
      if (!result.success) return problemResponse(c, problemFromZod(result.error));
      return undefined;
    },
  });
}
