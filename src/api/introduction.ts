import type { Catalogue } from '../resources/field-map/catalogue.ts';

/** What the API docs say before the first operation, in Markdown. */
export const introduction = `
IMAS takes alerts from your monitoring, opens incidents, and pages the people on call until somebody acknowledges.

## Authentication

Get a token from \`POST /api/auth/token/\` and send it with every request as \`Authorization: Token <token>\` (\`Bearer\` works too).
Any active user can read everything and act on incidents; only staff can change the configuration. Webhooks don't take these tokens: they
authenticate with the secret or the signing secret of their alert source.

\`\`\`sh
curl -H "Authorization: Token $TOKEN" 'https://imas.example.com/api/v1/incidents/?status=TRIGGERED&ordering=urgency'
\`\`\`

## Pagination

Lists return \`{"count", "next", "previous", "results"}\`. Follow \`next\` until it is \`null\`; cursors are opaque. \`limit\` sets the page size
(1 to 200, default 50). \`search\`, \`ordering\` and the filters stay the same from page to page.

## Idempotency

Send \`Idempotency-Key\` with a POST, PATCH or DELETE to retry it safely: a repeat of the same request within 24 hours gets the first
answer, marked \`Idempotency-Replayed: true\`, and nothing is done twice. The same key with a different request is refused with 422; while
the first request is still in progress, the answer is 409. Incoming alerts need no key: they are deduplicated by their content.

## Errors

Errors are [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problems (\`application/problem+json\`). \`detail\` says what went wrong,
\`errors\` names the fields that are not valid, and \`request_id\` (also in the header \`X-Request-Id\`) finds the request in the log. A 429
or 503 comes with \`Retry-After\`, in seconds.

## Conventions

Timestamps are RFC 3339 in UTC. Ids are UUIDs; an incident also has a short id such as \`INC-A1B2C3\`, which works wherever its UUID does.
A PATCH changes only the fields in its body. What the system says (timeline entries, reasons) comes as \`code\` and \`values\` for programs,
and as an English \`message\`.
`.trim();

interface Tag {
  readonly name: string;
  readonly description: string;
}

const responding: readonly Tag[] = [
  {
    name: 'incidents',
    description: 'List, open and work on incidents: acknowledge, escalate, resolve, comment, and see who was notified.',
  },
  { name: 'alerts', description: 'What your monitoring reported, and which incident each alert belongs to.' },
  {
    name: 'rejected-payloads',
    description: 'Webhook payloads that could not be read, kept so that you can fix the sender and redeliver them.',
  },
  { name: 'webhooks', description: 'Where your monitoring sends alerts: one address for each type of alert source.' },
];
const onCall = ['schedules', 'escalation-policies'];
const others: readonly Tag[] = [
  { name: 'resources', description: 'What can be configured, described for forms and tools.' },
  { name: 'simulations', description: 'Find out what would happen, without sending or storing anything.' },
  { name: 'home', description: 'Figures, a notification preview and settings for the web pages.' },
  { name: 'events', description: 'Live updates as server-sent events.' },
  { name: 'inbox', description: 'The demo inbox: messages the sample providers would have sent.' },
  { name: 'mail', description: 'Where a mail server posts answers to the mails about an incident.' },
  { name: 'chats', description: 'Where Slack and Discord send what people do there; each request is signed by the vendor.' },
  { name: 'auth', description: 'Your account: API tokens, and signing in to and out of the web pages.' },
  { name: 'health', description: 'Liveness and readiness probes.' },
];

/** In the order in which the docs show them. */
export function tagsOf(catalogue: Catalogue): Tag[] {
  const configured = [...catalogue.values()].map(({ path, about }): Tag => ({ name: path, description: about }));
  const isOnCall = ({ name }: Tag): boolean => onCall.includes(name);
  return [...responding, ...configured.filter(isOnCall), ...configured.filter((tag) => !isOnCall(tag)), ...others];
}
