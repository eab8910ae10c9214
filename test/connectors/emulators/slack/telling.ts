import { createHmac } from 'node:crypto';
import type { SignedRequest } from '../../../../src/connectors/connector.ts';

export interface Heard {
  readonly status: number;
  readonly body: unknown;
}

/** The app's side of a request, which has three seconds. */
export type Reach = (request: SignedRequest) => Promise<Heard>;

export interface Signing {
  readonly secret: string;
  /** Seconds; now when absent. */
  readonly timestamp?: number;
  /** More headers, as Slack sends them with a retry. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** docs.slack.dev/authentication/verifying-requests-from-slack */
export function signed(
  path: string,
  body: string,
  { secret, timestamp = Math.floor(Date.now() / 1000), headers = {} }: Signing,
): SignedRequest {
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    path,
    headers: {
      'content-type': path === 'events' ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': `v0=${signature}`,
      ...headers,
    },
    body: Buffer.from(body),
    nowMs: Date.now(),
  };
}
