import type { Connector } from '../connector.ts';
import { isSentry, parseSentry, resourceHeader } from './parse.ts';
import { sentrySignature } from './signature.ts';

export const sentryConnector: Connector = {
  id: 'sentry',
  title: 'Sentry',
  about: `Create an *internal integration* (Settings → Developer Settings) whose webhook URL is \`/api/v1/webhooks/generic/\`, subscribe it to
**issue**, and switch *Alert Rule Action* on, so that alert rules can use it. Its client secret is the signing secret of the alert source.

The issue id identifies the alert across deliveries. The project slug names the service; otherwise, map the label \`project\` to one with an alert rule.
\`fatal\` is SEV1, \`error\` SEV2, \`warning\` SEV3, \`info\` and \`debug\` SEV4; an alert rule can say otherwise. The action \`resolved\` resolves.
For metric alerts, \`date_started\` and \`date_closed\` are the times. An issue carries no time of its action (\`lastSeen\` is that of its last event), so what arrives later counts.

The header \`Sentry-Hook-Resource\` says what a request is about: a kind that IMAS does not know is kept as a rejected payload and notifies nobody. Activity
on an issue opens no incident. The flat body of the legacy webhook is read too. Sentry waits only one second for the answer.`,
  alerts: {
    headers: [resourceHeader],
    signature: sentrySignature,
    parse: parseSentry,
    wholeBody: (kept) => kept,
    shares: { address: 'generic', claims: isSentry },
  },
};
