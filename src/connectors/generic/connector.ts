import type { Connector } from '../connector.ts';
import { parseGeneric } from './parse.ts';

export const genericConnector: Connector = {
  id: 'generic',
  title: 'Generic webhook',
  about: `Post JSON to \`/api/v1/webhooks/generic/\`: one alert, an array of alerts, or \`{"alerts": […]}\`.

| field | meaning |
|---|---|
| \`title\`, \`name\`, \`summary\` | at least one is required. \`name\` groups alerts (otherwise the title does): keep varying values out of it |
| \`description\` | any length; truncated after 16,384 characters |
| \`severity\` | \`SEV1_CRITICAL\`…\`SEV4_LOW\`, \`critical high medium low\`, \`P1\`…\`P5\`, \`sev1\`…\`sev4\`, \`page\`, \`fatal\`, \`error\`, \`warning\`, \`info\`, \`ticket\`; SEV3 if missing, and for any other word, which is then kept in the label \`unknown severity\` |
| \`status\` | \`resolved\` (\`ok\`, \`recovered\`, \`closed\`, \`clear\`, \`normal\`, \`healthy\`, \`up\`) resolves the alert; anything else fires it |
| \`service\` | the service's name |
| \`fingerprint\`, \`dedup_key\` or \`id\` | identifies the alert across deliveries; without one (or with one that says nothing, such as \`null\`), service, name and labels do |
| \`labels\`, \`annotations\` | objects of strings, up to 200 entries each; a label has at most 8,192 characters |
| \`tags\` | \`"env:prod,team:db"\`, an array of these, of pairs or of \`{"key", "value"}\`, or an object: more labels |
| \`starts_at\`, \`ends_at\` | when this occurrence began and ended: RFC 3339 (no offset means UTC), an HTTP date, or seconds, milli-, micro- or nanoseconds since 1970 |
| \`timestamp\` | when it changed to this \`status\`, in the same forms. Times are compared only with each other, never with our clock; without them, what arrives later counts |
| \`team\`, \`env\`, \`host\` | are added to the labels |
| \`url\`, \`runbook_url\`, \`dashboard_url\` | links for the responder |

\`curl -H 'Authorization: Bearer <secret>' -d '{"title": "Disk full", "service": "redis-prod", "severity": "high"}' …/api/v1/webhooks/generic/\`

Other fields are stored with the alert. If one alert of several cannot be read, the answer is 422 and names the field; the others are accepted.`,
  alerts: {
    headers: [],
    parse: parseGeneric,
    wholeBody: (kept) => [kept],
  },
};
