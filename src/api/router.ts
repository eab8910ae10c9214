import { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import type { SignedIn } from './auth/signed-in.ts';
import { problemFromZod, problemResponse } from './problem.ts';

export interface ApiEnv {
  Variables: {
    requestId: string;
    log: Logger;
    /** Set by `authenticate`; routes behind it can rely on it. */
    signedIn: SignedIn;
  };
}

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
