/** The page of this connector. The examples are the ones that its tests send. */
export const about = `Calls any HTTP address, in one of seven formats.

| \`format\` | what is sent |
|---|---|
| \`json\` (or none) | pages: \`source, event_type, title, description, severity, status, service, incident_id, timestamp\`; events: as \`events\` |
| \`events\` | \`{"event", "timestamp", "data": {"incident": {…}}}\`, for pages too |
| \`slack\` | a message for a Slack incoming webhook |
| \`teams\` | a MessageCard, or an Adaptive Card if the URL belongs to Workflows |
| \`pagerduty\` | Events API v2: trigger, acknowledge or resolve, following the incident. URL \`https://events.pagerduty.com/v2/enqueue\`, and \`routing_key\` |
| \`opsgenie\` | Alert API: create, acknowledge and close by alias. URL \`https://api.opsgenie.com/v2/alerts\`, header \`Authorization: GenieKey <key>\` |
| \`custom\` | your own \`template\`; the default if there is a template and no format |

\`events\` lists what is sent in addition to pages: \`incident.created\`, \`incident.acknowledged\`, \`incident.resolved\`, \`incident.escalated\`,
\`comment.added\`. By default, \`pagerduty\` and \`opsgenie\` receive \`incident.acknowledged\` and \`incident.resolved\`; the other formats receive none.

## Templates

Any JSON. These placeholders are replaced inside its strings: \`{{title}}\` (one line, at most 200 characters), \`{{body}}\`, \`{{severity}}\`, \`{{status}}\`, \`{{service}}\`,
\`{{incident_id}}\`, \`{{incident_url}}\`, \`{{timestamp}}\`, and also \`{{short_id}}\`, \`{{event}}\`, \`{{priority}}\` (Highest, High, Medium, Low) and
\`{{urgency}}\` (1, 2, 3). A quote or a line break in a title never breaks the JSON.

Jira, \`https://<site>.atlassian.net/rest/api/3/issue\`, with the header \`Authorization: Basic <base64 of mail:token>\`:

\`\`\`json
{
  "fields": {
    "project": { "key": "OPS" },
    "issuetype": { "name": "Bug" },
    "priority": { "name": "{{priority}}" },
    "summary": "[{{short_id}}] {{title}}",
    "description": {
      "type": "doc",
      "version": 1,
      "content": [
        { "type": "paragraph", "content": [{ "type": "text", "text": "{{body}}" }] },
        { "type": "paragraph", "content": [{ "type": "text", "text": "{{incident_url}}" }] }
      ]
    }
  }
}
\`\`\`

ServiceNow, \`https://<instance>.service-now.com/api/now/table/incident\`, with the headers \`Authorization: Basic …\` and \`Accept: application/json\`:

\`\`\`json
{
  "short_description": "[{{short_id}}] {{title}}",
  "description": "{{body}} {{incident_url}}",
  "urgency": "{{urgency}}",
  "impact": "{{urgency}}"
}
\`\`\`

Neither of the two drops duplicates: use such a provider in one level of a policy, with no repeats.

## Headers, retries and signatures

\`Idempotency-Key\` is the same on every attempt of one delivery. With a \`secret\`, \`webhook-id\`, \`webhook-timestamp\` and \`webhook-signature\`
are sent too, following [Standard Webhooks](https://www.standardwebhooks.com); its libraries verify them.

2xx is success. 408, 425, 429 and 5xx are retried, not before \`Retry-After\`. Everything else is final; redirects are not followed.
Private addresses must be named in \`IMAS_EGRESS_ALLOW\`.`;
