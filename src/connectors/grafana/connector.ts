import type { Connector } from '../connector.ts';
import { alwaysFiring, parseAlertmanagerBody } from '../inbound/alertmanager-body.ts';
import { grafanaSignature } from './signature.ts';

export const grafanaConnector: Connector = {
  id: 'grafana',
  title: 'Grafana Alerting',
  about: `Add a contact point of type **Webhook** with the URL \`/api/v1/webhooks/grafana/\` and keep Grafana's default payload.

Authenticate in one of two ways:
- *Authorization header*: scheme \`Bearer\`, credentials: the alert source's secret.
- *HMAC signature*: the alert source's signing secret, header \`X-Grafana-Alerting-Signature\`, timestamp header
  \`X-Grafana-Alerting-Timestamp\` (optional, but without it an old request can be replayed). Clocks may differ by up to five minutes.

The label \`service\` names the service; \`severity\`, \`startsAt\`, \`endsAt\` and \`Watchdog\` work as with Alertmanager. \`DatasourceNoData\` and \`DatasourceError\` alerts get
the name of their rule (\`rulename\`).`,
  alerts: {
    headers: [],
    heartbeats: alwaysFiring,
    signature: grafanaSignature,
    parse: (body) => parseAlertmanagerBody('grafana', body),
    wholeBody: (kept, status) => ({ version: '4', status, alerts: [kept] }),
  },
};
