import type { AlertSource } from '../../../../src/api/wire.ts';

type Sent = Pick<AlertSource, 'source' | 'webhook_url'>;

/** What to write into the sender's configuration, in its own language. `secret` null: it needs none. */
export function senderConfig({ source, webhook_url: url }: Sent, secret: string | null): string {
  const write = configs[source] ?? curl;
  return write(url, secret);
}

type Write = (url: string, secret: string | null) => string;

const curl: Write = (url, secret) =>
  [
    `curl -X POST ${url} \\`,
    `  -H 'Content-Type: application/json' \\`,
    ...(secret === null ? [] : [`  -H 'Authorization: Bearer ${secret}' \\`]),
    `  -d '{"title":"Redis is down","service":"redis-prod","severity":"SEV2_HIGH"}'`,
  ].join('\n');

const configs: Readonly<Record<string, Write>> = {
  alertmanager: (url, secret) =>
    [
      'receivers:',
      '  - name: imas',
      '    webhook_configs:',
      `      - url: ${url}`,
      '        send_resolved: true',
      ...(secret === null
        ? []
        : ['        http_config:', '          authorization:', '            type: Bearer', `            credentials: ${secret}`]),
    ].join('\n'),
  grafana: (url, secret) =>
    [
      'Contact point: Webhook',
      `URL: ${url}`,
      'HTTP Method: POST',
      ...(secret === null ? [] : ['Authorization Header – Scheme: Bearer', `Authorization Header – Credentials: ${secret}`]),
    ].join('\n'),
  datadog: (url, secret) =>
    [`URL: ${url}`, ...(secret === null ? [] : [`Custom Headers: {"Authorization": "Bearer ${secret}"}`])].join('\n'),
  sentry: (url) => ['Internal Integration', `Webhook URL: ${url}`, 'Alert Rule Action: on'].join('\n'),
};
