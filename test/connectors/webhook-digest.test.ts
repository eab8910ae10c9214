import { expect, it } from 'vitest';
import { createCall } from '../../src/connectors/call.ts';
import type { Digest } from '../../src/connectors/notification.ts';
import { WebhookConfig } from '../../src/connectors/webhook/config.ts';
import { webhookConnector } from '../../src/connectors/webhook/connector.ts';
import { said } from '../../src/domain/said.ts';
import { severities } from '../../src/domain/vocabulary.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { Vendor } from './emulators/receiver.ts';
import { slackIncomingWebhook, slackPath } from './emulators/slack-incoming-webhook.ts';
import { officeConnector, teamsWorkflow } from './emulators/teams.ts';
import { notificationWith } from './notification.ts';
import { serve } from './send-webhook.ts';

const digest: Digest = {
  entries: Array.from({ length: 200 }, (_, n) => ({
    purpose: 'page',
    event: 'incident.created',
    occasion: said('message.occasion.new'),
    incident: {
      ...notificationWith().incident,
      id: `incident-${n}`,
      shortId: `INC-${String(n).padStart(6, '0')}`,
      title: `Trouble <${n}> & [more](http://x) ${'&'.repeat(300)}`,
      severity: severities[Math.floor(n / 50)]!,
    },
  })),
  url: 'https://imas.example.com/dashboard/incidents/',
  timestamp: '2026-11-21T10:02:05.000Z',
  reader: { language: 'en', timeZone: 'UTC' },
};

async function told(vendor: Vendor, config: (url: string, port: number) => object) {
  const receiver = await serve(vendor);
  const parsed = WebhookConfig.parse(config(receiver.url, receiver.port));
  const door = createEgress({ allow: ['127.0.0.1'], lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) });
  const call = createCall(webhookConnector, { config: parsed, door, actId: 'digest-1', signal: AbortSignal.timeout(20_000) });
  const outcome = await webhookConnector.notify!.digest!.send(call, null, digest);
  return { outcome, request: receiver.requests[0]! };
}

const workflow = 'workflows/0a1b2c/triggers/manual/paths/invoke?api-version=2016-06-01&sig=abc';

it.each([
  ['Slack', slackIncomingWebhook, (url: string) => ({ url: `${url}${slackPath}`, format: 'slack' })],
  ['an Office connector', officeConnector, (url: string) => ({ url: `${url}/webhookb2/a@b/IncomingWebhook/c/d`, format: 'teams' })],
  [
    'a Teams workflow',
    teamsWorkflow,
    (_: string, port: number) => ({ url: `http://prod-01.westeurope.logic.azure.com:${port}/${workflow}`, format: 'teams' }),
  ],
] as const)('%s takes a digest of 200, which names the severest and says how many there are beside', async (_, vendor, config) => {
  const { outcome, request } = await told(vendor, config);
  expect(outcome).toMatchObject({ ok: true });
  const text = JSON.stringify(request.json);
  expect(text).toContain('and 180 more');
  expect(text).toContain('SEV1 Critical');
  expect(text).not.toContain('SEV4');
});

it('our own format has them all', async () => {
  const { request } = await told(
    () => ({ status: 200 }),
    (url) => ({ url: `${url}/hook` }),
  );
  const body = request.json as { event_type: string; incidents: { incident_id: string }[] };
  expect(body.event_type).toBe('digest');
  expect(body.incidents.map(({ incident_id }) => incident_id)).toEqual(digest.entries.map(({ incident }) => incident.id));
  expect(request.headers['idempotency-key']).toBe('digest-1');
});

it.each([
  ['json', true],
  ['slack', true],
  ['teams', true],
  ['events', false],
  ['pagerduty', false],
  ['opsgenie', false],
  ['custom', false],
] as const)('%s may have digests: %s', (format, expected) => {
  const config = WebhookConfig.parse({ url: 'https://x.example.com', format, routing_key: 'k', template: {} });
  expect(webhookConnector.notify!.digest!.may(config)).toBe(expected);
});
