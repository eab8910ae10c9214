import { gzipSync } from 'node:zlib';
import type { Answer, Received, Vendor } from '../receiver.ts';
import { docs } from './docs-v1.ts';
import { drive } from './drive-v3.ts';
import { docsError, driveError } from './errors.ts';
import parameters from './parameters.json' with { type: 'json' };
import { giveToken } from './token-endpoint.ts';
import type { World } from './world.ts';

/** Google's token endpoint, Drive v3 and Docs v1 at one address. @param audience the `token_uri` of keys */
export function google(world: World, audience: () => string): Vendor {
  return (request) => packed(request, answer(request));

  function answer(request: Received): Answer {
    const url = new URL(request.path, 'http://google');
    if (url.pathname === '/token' && request.method === 'POST') return giveToken(world, audience(), request);
    const isDrive = url.pathname.startsWith('/drive/v3/');
    const name = methodOf(request.method, url.pathname);
    if (name === null) return { status: 404, body: '<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>' };
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const session = world.tokens.get(token);
    if (session === undefined)
      return isDrive
        ? driveError(401, 'authError', 'Invalid Credentials')
        : docsError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    if (!(isDrive ? world.apis.drive : world.apis.docs))
      return isDrive
        ? driveError(403, 'accessNotConfigured', 'Google Drive API has not been used in project 1 before or it is disabled.', 'usageLimits')
        : docsError(
            403,
            'PERMISSION_DENIED',
            'Google Docs API has not been used in project 1 before or it is disabled.',
            'SERVICE_DISABLED',
          );
    if (!session.scopes.includes('https://www.googleapis.com/auth/drive'))
      return docsError(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT');
    const unknown = [...url.searchParams.keys()].find((key) => !parameters[name].includes(key));
    if (unknown !== undefined)
      return docsError(400, 'INVALID_ARGUMENT', `Invalid JSON payload received. Unknown name "${unknown}": Cannot bind query parameter.`);
    return (isDrive ? drive : docs)(world, session.email, request, url);
  }
}

function methodOf(method: string, path: string): keyof typeof parameters | null {
  const methods = [
    ['files.list', 'GET', /^\/drive\/v3\/files$/],
    ['files.get', 'GET', /^\/drive\/v3\/files\/[^/]+$/],
    ['files.copy', 'POST', /^\/drive\/v3\/files\/[^/]+\/copy$/],
    ['files.export', 'GET', /^\/drive\/v3\/files\/[^/]+\/export$/],
    ['documents.get', 'GET', /^\/v1\/documents\/[^/:]+$/],
    ['documents.batchUpdate', 'POST', /^\/v1\/documents\/[^/:]+:batchUpdate$/],
  ] as const;
  return methods.find(([, verb, pattern]) => verb === method && pattern.test(path))?.[0] ?? null;
}

/** Who says that it takes gzip gets it: "Accept-Encoding: gzip" (developers.google.com/workspace/drive/api/guides/performance). */
function packed({ headers }: Received, { status, headers: given = {}, body = '' }: Answer): Answer {
  if (!/\bgzip\b/.test(String(headers['accept-encoding'] ?? ''))) return { status, headers: given, body };
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { status, headers: { 'content-type': 'application/json', ...given, 'content-encoding': 'gzip' }, body: gzipSync(bytes) };
}
