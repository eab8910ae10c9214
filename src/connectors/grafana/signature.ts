import type { SignatureScheme } from '../connector.ts';
import { isHexHmac } from '../inbound/hmac.ts';

/** On either side of our clock, inclusive. */
export const grafanaWindowSeconds = 300;
const timestampHeader = 'x-grafana-alerting-timestamp';

/**
 * Hex HMAC-SHA256 over the body, or over `timestamp + ":" + body` where a timestamp header is configured; then the time must
 * be near. Grafana lets people name both headers; the signature's has this default, the timestamp's has none, so ours is fixed.
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/#hmac-signature
 * Checked against requests that Grafana's own notifier signed.
 */
export const grafanaSignature: SignatureScheme = {
  header: 'x-grafana-alerting-signature',
  verify({ body, headers, secret, nowMs }) {
    const signature = headers['x-grafana-alerting-signature'];
    const timestamp = headers[timestampHeader];
    if (timestamp === undefined) return isHexHmac(signature, secret, body);
    if (!/^\d{1,11}$/.test(timestamp)) return false;
    const genuine = isHexHmac(signature, secret, timestamp, ':', body);
    return genuine && Math.abs(Math.floor(nowMs / 1_000) - Number(timestamp)) <= grafanaWindowSeconds;
  },
};
