import type { Connector } from '../connector.ts';
import { parseAlertmanagerBody } from '../inbound/alertmanager-body.ts';

export const alertmanagerConnector: Connector = {
  id: 'alertmanager',
  title: 'Prometheus Alertmanager',
  about: `Point a receiver's \`webhook_configs\` at \`/api/v1/webhooks/alertmanager/\`, with \`send_resolved: true\`:

\`\`\`yaml
receivers:
  - name: imas
    webhook_configs:
      - url: https://imas.example.com/api/v1/webhooks/alertmanager/
        send_resolved: true
        http_config:
          authorization:
            credentials: <the alert source's secret>
\`\`\`

The label \`service\` names the service. The label \`severity\` sets the severity: \`critical\` is SEV1, \`warning\` SEV2, \`info\` and anything else SEV3.
A repeated notification changes nothing, unless somebody resolved the incident more than five minutes ago: then the incident reopens, since the alert is still firing.
\`group_by\` and \`groupKey\` have no effect on incidents.`,
  alerts: {
    headers: [],
    parse: (body) => parseAlertmanagerBody('alertmanager', body),
    wholeBody: (kept, status) => ({ version: '4', status, alerts: [kept] }),
  },
};
