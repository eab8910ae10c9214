import type { SignatureScheme } from '../connector.ts';
import { isHexHmac } from '../inbound/hmac.ts';

/**
 * Hex HMAC-SHA256 of the body under the internal integration's client secret. `Sentry-Hook-Timestamp` is not part of what is signed,
 * so there is no window to check. https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
 */
export const sentrySignature: SignatureScheme = {
  header: 'sentry-hook-signature',
  verify: ({ body, headers, secret }) => isHexHmac(headers['sentry-hook-signature'], secret, body),
};
