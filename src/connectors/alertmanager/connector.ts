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

The label \`service\` names the service. The label \`severity\` counts: \`critical\` (\`page\`, \`emerg\`, \`fatal\`, \`P1\`) is SEV1, \`warning\` (\`high\`, \`error\`, \`P2\`)
SEV2, \`info\` (\`P3\`) SEV3, \`ticket\` (\`low\`, \`P4\`, \`P5\`) SEV4. None is SEV3; so is any other word, which then stands in the label \`unknown severity\`.
\`InfoInhibitor\` is kept and notifies nobody.

\`startsAt\` is when this occurrence began, \`endsAt\` of a resolved alert when it ended; of an alert that fires, \`endsAt\` is not read. Both are by Prometheus's
clock, and are compared with each other alone.
A repeated notification changes nothing, unless somebody resolved the incident more than five minutes ago: then the incident reopens, since the alert still fires.
\`group_by\` and \`groupKey\` do not matter here. A body may have 16 MiB and 20,000 alerts (about 16,000 typical ones). If a group can be larger, set
\`max_alerts\` in \`webhook_configs\`: what does not fit is only kept as a rejected payload.`,
  alerts: {
    headers: [],
    parse: (body) => parseAlertmanagerBody('alertmanager', body),
    wholeBody: (kept, status) => ({ version: '4', status, alerts: [kept] }),
  },
};
