import type { Connector } from '../connector.ts';
import { alwaysFiring, parseAlertmanagerBody } from '../inbound/alertmanager-body.ts';

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

The label \`service\` names the service. The label \`severity\` sets the severity: \`critical\` (\`page\`, \`emerg\`, \`fatal\`, \`P1\`) is SEV1, \`warning\` (\`high\`, \`error\`, \`P2\`)
SEV2, \`info\` (\`P3\`) SEV3, \`ticket\` (\`low\`, \`P4\`, \`P5\`) SEV4. Without it the alert is SEV3, and so is any other word, which is then kept in the label \`unknown severity\`.
\`InfoInhibitor\` is kept and notifies nobody.

\`Watchdog\` (\`DeadMansSwitch\`) always fires, and is a heartbeat here: it notifies nobody while it comes. When Alertmanager says that it has ended, or
when it has been silent for three times as long as it usually takes (at least ten minutes), \`WatchdogStopped\` is raised as SEV1, for the service of its label \`service\`
or the catch-all service. It resolves when \`Watchdog\` comes again. Give \`Watchdog\` a route of its own with a \`repeat_interval\` of 5 minutes: with the
default of 4 hours its silence is noticed only after 12. A rule can give \`WatchdogStopped\` another severity or service, or suppress it.

\`startsAt\` is when this occurrence began, and \`endsAt\` when it ended; \`endsAt\` of a firing alert is ignored. Both come from Prometheus's
clock and are compared only with each other.
A repeated notification changes nothing, unless somebody resolved the incident more than five minutes ago: then the incident reopens, since the alert is still firing.
\`group_by\` and \`groupKey\` have no effect on incidents. A body can have up to 16 MiB and 20,000 alerts (about 16,000 typical ones). If a group can be larger, set
\`max_alerts\` in \`webhook_configs\`: a larger body is only kept as a rejected payload.`,
  alerts: {
    headers: [],
    heartbeats: alwaysFiring,
    parse: (body) => parseAlertmanagerBody('alertmanager', body),
    wholeBody: (kept, status) => ({ version: '4', status, alerts: [kept] }),
  },
};
