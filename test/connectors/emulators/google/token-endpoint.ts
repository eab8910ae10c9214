import { createVerify } from 'node:crypto';
import type { Answer, Received } from '../receiver.ts';
import { tokenError } from './errors.ts';
import type { World } from './world.ts';

/** JWT bearer grant (RFC 7523; developers.google.com/identity/protocols/oauth2/service-account). @param audience what a key names as `token_uri` */
export function giveToken(world: World, audience: string, { headers, text }: Received): Answer {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true)
    return tokenError(400, 'invalid_request', 'Content-Type must be application/x-www-form-urlencoded');
  const form = new URLSearchParams(text);
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
    return tokenError(400, 'unsupported_grant_type', 'Invalid grant_type');
  const [header = '', payload = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const { alg } = decoded(header);
  const { iss, scope, aud, exp, iat } = decoded(payload);
  if (alg !== 'RS256') return tokenError(400, 'invalid_grant', 'Invalid JWT: Failed audience check.');
  const { serviceAccount } = world;
  if (iss !== serviceAccount.email) return tokenError(400, 'invalid_grant', 'Invalid grant: account not found');
  const isSigned = createVerify('RSA-SHA256').update(`${header}.${payload}`).verify(serviceAccount.publicKey, signature, 'base64url');
  if (!isSigned || !world.keyIsKnown) return tokenError(400, 'invalid_grant', 'Invalid JWT Signature.');
  if (aud !== audience) return tokenError(400, 'invalid_grant', 'Invalid JWT: Failed audience check.');
  const now = Date.now() / 1000 + world.aheadSeconds;
  if (typeof iat !== 'number' || typeof exp !== 'number' || exp - iat > 3600 || iat > now + 300 || exp < now)
    return tokenError(
      400,
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    );
  if (typeof scope !== 'string' || scope === '') return tokenError(400, 'invalid_scope', 'Empty or missing scope not allowed.');
  const access_token = `ya29.c.token-${world.tokens.size + 1}-abcdefghijklmnop`;
  world.tokens.set(access_token, { email: iss as string, scopes: scope.split(' ') });
  return { status: 200, body: { access_token, expires_in: 3599, token_type: 'Bearer' } };
}

function decoded(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
