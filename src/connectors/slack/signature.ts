import { isHexHmac } from '../inbound/hmac.ts';
import type { SignedRequest } from '../connector.ts';
import type { SlackConfig } from './config.ts';

/** Seconds, before and after: what is older may be somebody's copy. */
const window = 300;
const version = 'v0';

/** docs.slack.dev/authentication/verifying-requests-from-slack: over the raw body. */
export function verify({ signing_secret }: SlackConfig, { headers, body, nowMs }: SignedRequest): boolean {
  const timestamp = headers['x-slack-request-timestamp'] ?? '';
  const signature = headers['x-slack-signature'] ?? '';
  if (signing_secret === undefined || !/^\d{1,12}$/.test(timestamp) || !signature.startsWith(`${version}=`)) return false;
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > window) return false;
  return isHexHmac(signature.slice(version.length + 1), signing_secret, `${version}:${timestamp}:`, body);
}
