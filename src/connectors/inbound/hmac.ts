import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether `signature` is the hex HMAC-SHA256 of the parts, in constant time; of any other form it is wrong. */
export function isHexHmac(signature: string | undefined, secret: string, ...parts: readonly (string | Uint8Array)[]): boolean {
  // An empty key would let anyone sign.
  if (signature === undefined || secret === '' || !/^[0-9a-f]{64}$/i.test(signature)) return false;
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return timingSafeEqual(hmac.digest(), Buffer.from(signature, 'hex'));
}
