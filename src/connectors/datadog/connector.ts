import type { Connector } from '../connector.ts';
import { parseDatadog } from './parse.ts';

export const datadogConnector: Connector = {
  id: 'datadog',
  title: 'Datadog',
  about: `Under *Integrations → Webhooks* add a webhook with the URL \`/api/v1/webhooks/datadog/\`, the custom header
\`{"Authorization": "Bearer <the alert source's secret>"}\` (leave *Encode as form* off), and this payload:

\`\`\`json
{"id": "$ID", "title": "$EVENT_TITLE", "alert_status": "$ALERT_STATUS", "alert_type": "$ALERT_TYPE", "tags": "$TAGS",
 "body": "$EVENT_MSG", "alert_metric": "$ALERT_METRIC", "last_updated": "$LAST_UPDATED", "priority": "$PRIORITY",
 "hostname": "$HOSTNAME", "link": "$LINK",
 "alert_transition": "$ALERT_TRANSITION", "alert_cycle_key": "$ALERT_CYCLE_KEY", "alert_id": "$ALERT_ID", "alert_scope": "$ALERT_SCOPE"}
\`\`\`

Then mention \`@webhook-<its name>\` in the monitor's message. The last line of the payload reliably matches a recovery to its alert; without it,
title, host and service are used. \`alert_type\` \`error\` is SEV1, \`warning\` SEV2, \`info\` SEV3; \`success\` or the transition \`Recovered\` resolves.
The tag \`service\` names the service.

\`last_updated\` (or \`date\`) is when the monitor changed its state, by Datadog's clock. If two changes have the same time, or none, the one that arrives later counts, and
\`alert_transition\` tells them apart.`,
  alerts: {
    headers: [],
    parse: parseDatadog,
    wholeBody: (kept) => kept,
  },
};
