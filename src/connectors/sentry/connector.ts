import type { Connector } from '../connector.ts';
import { isSentry, parseSentry, resourceHeader } from './parse.ts';
import { sentrySignature } from './signature.ts';

export const sentryConnector: Connector = {
  id: 'sentry',
  title: 'Sentry',
  about: `Make an *internal integration* (Settings → Developer Settings) whose webhook URL is \`/api/v1/webhooks/generic/\`, subscribe it to
**issue**, and switch *Alert Rule Action* on, so that alert rules can name it. Its client secret is the signing secret here.

The issue's id ties its deliveries together. The project's slug names the service, or an alert rule maps the label \`project\` to one.
\`fatal\` is SEV1, \`error\` SEV2, \`warning\` SEV3, \`info\` and \`debug\` SEV4; an alert rule can say otherwise. The action \`resolved\` resolves.
Of a metric alert, \`date_started\` and \`date_closed\` count. An issue has no time of its action (\`lastSeen\` is that of its last event), so what arrives later counts.

The header \`Sentry-Hook-Resource\` says what a request is: a kind that IMAS does not know is kept for people to look at, and notifies nobody. So are activities of
an issue understood, and open nothing. The flat body of the legacy webhook is read too. Sentry waits for one second only.`,
  alerts: {
    headers: [resourceHeader],
    signature: sentrySignature,
    parse: parseSentry,
    wholeBody: (kept) => kept,
    shares: { address: 'generic', claims: isSentry },
  },
};
