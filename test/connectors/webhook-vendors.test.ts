import { describe, expect, it } from 'vitest';
import { severities } from '../../src/domain/vocabulary.ts';
import { about } from '../../src/connectors/webhook/about.ts';
import { isWorkflow } from '../../src/connectors/webhook/teams.ts';
import { apiKey, opsgenie } from './emulators/opsgenie.ts';
import { pagerduty, routingKey } from './emulators/pagerduty.ts';
import { slackIncomingWebhook, slackPath } from './emulators/slack-incoming-webhook.ts';
import { officeConnector, teamsWorkflow } from './emulators/teams.ts';
import { jira, login, serviceNow } from './emulators/tickets.ts';
import { incident, type Changes } from './notification.ts';
import { received, send, serve } from './send-webhook.ts';

/** Titles and texts that break what is careless. */
const nasty: Changes[] = [
  {},
  { incident: { title: 'a "quote", a \\ and a\nline\r\nbreak', description: '{"x": "</p>"}\n\n* list & <!channel> <@U123>' } },
  { incident: { title: '🔥'.repeat(2_000), description: '🧯é&<>'.repeat(10_000), service: { id: '1', name: 'ß&<service>'.repeat(100) } } },
  {
    incident: {
      title: 'x',
      description: '',
      team: null,
      links: { document: null, warRoom: null, runbook: null, source: null, dashboard: null },
    },
  },
  { incident: { title: '<https://evil.example.com|click> {{severity}}', description: '   ' } },
  {
    incident: {
      links: {
        document: 'javascript:alert(1)',
        warRoom: 'https://chat.example.com/a|b',
        runbook: `https://x.example.com/${'y'.repeat(4_000)}`,
        source: 'https://x.example.com/)<b>',
        dashboard: null,
      },
    },
  },
  { incident: { links: { ...incident.links, warRoom: 'https://chat.example.com/room' } } },
  ...severities.map((severity) => ({ incident: { severity } })),
  { purpose: 'event', event: 'comment.added', comment: { author: 'Bob <b>', text: 'on it\n`now`' } },
  { purpose: 'test', incident: { title: 'Test Notification', severity: 'SEV4_LOW' } },
];

describe('vendors take every message', () => {
  it.each(nasty)('Slack: %#', async (changes) => {
    const receiver = await serve(slackIncomingWebhook);
    expect(await send({ url: `${receiver.url}${slackPath}`, format: 'slack' }, changes)).toMatchObject({
      ok: true,
      value: { receipt: 'HTTP 200' },
    });
  });

  it.each(nasty)('Teams, Office connector: %#', async (changes) => {
    const receiver = await serve(officeConnector);
    expect(await send({ url: `${receiver.url}/webhookb2/a@b/IncomingWebhook/c/d`, format: 'teams' }, changes)).toMatchObject({
      ok: true,
      value: { receipt: 'HTTP 200' },
    });
  });

  it.each(nasty)('Teams, Workflows: %#', async (changes) => {
    const receiver = await serve(teamsWorkflow);
    const url = `http://prod-01.westeurope.logic.azure.com:${receiver.port}/workflows/0a1b2c/triggers/manual/paths/invoke?api-version=2016-06-01&sig=abc`;
    expect(await send({ url, format: 'teams' }, changes)).toMatchObject({ ok: true, value: { receipt: 'HTTP 202' } });
  });

  it('Teams shows each line as one', async () => {
    const changes = { incident: { description: 'first\nsecond\n\nthird' } };
    const [office, flow] = [await serve(officeConnector), await serve(teamsWorkflow)];
    await send({ url: `${office.url}/webhookb2/a@b/IncomingWebhook/c/d`, format: 'teams' }, changes);
    const path = 'workflows/0a1b2c/triggers/manual/paths/invoke?api-version=2016-06-01&sig=abc';
    await send({ url: `http://prod-01.westeurope.logic.azure.com:${flow.port}/${path}`, format: 'teams' }, changes);
    for (const vendor of [office, flow]) expect(JSON.stringify(vendor.requests[0]?.json)).toContain('first\\n\\nsecond\\n\\nthird');
  });

  it.each(nasty)('PagerDuty: %#', async (changes) => {
    const receiver = await serve(pagerduty().vendor);
    expect(await send({ url: `${receiver.url}/v2/enqueue`, format: 'pagerduty', routing_key: routingKey }, changes)).toMatchObject({
      ok: true,
      value: { receipt: 'HTTP 202' },
    });
  });

  it.each(nasty)('Opsgenie: %#', async (changes) => {
    const receiver = await serve(opsgenie().vendor);
    const config = { url: `${receiver.url}/v2/alerts`, format: 'opsgenie', headers: { Authorization: `GenieKey ${apiKey}` } };
    expect(await send(config, changes)).toMatchObject({ ok: true, value: { receipt: 'HTTP 202' } });
  });

  /** The templates that the docs show. */
  const [jiraTemplate, serviceNowTemplate] = [...about.matchAll(/```json\n([\s\S]*?)```/g)].map(([, template]) => template as string);

  it.each(nasty)('Jira, by the template of the docs: %#', async (changes) => {
    const receiver = await serve(jira);
    expect(
      await send({ url: `${receiver.url}/rest/api/3/issue`, template: jiraTemplate, headers: { Authorization: login } }, changes),
    ).toMatchObject({ ok: true, value: { receipt: 'HTTP 201' } });
  });

  it.each(nasty)('ServiceNow, by the template of the docs: %#', async (changes) => {
    const receiver = await serve(serviceNow);
    const config = {
      url: `${receiver.url}/api/now/table/incident`,
      template: JSON.parse(serviceNowTemplate!) as object,
      headers: { Authorization: login, Accept: 'application/json' },
    };
    expect(await send(config, changes)).toMatchObject({ ok: true, value: { receipt: 'HTTP 201' } });
  });
});

describe('what vendors are told', () => {
  it('Slack: title, facts, links and a button', async () => {
    const { json } = await received({ format: 'slack' });
    const text = JSON.stringify(json);
    for (const words of [
      '🔴 Redis is down',
      '*Severity*\\n🔴 SEV1 Critical',
      '*Service*\\nredis-prod',
      'No replica answers',
      '<https://wiki.example.com/redis?a=1&amp;b=2|Runbook>',
      '"View Incident"',
    ])
      expect(text).toContain(words);
  });

  it('Teams: a MessageCard in the colour of the severity', async () => {
    expect((await received({ format: 'teams' })).json).toMatchObject({
      '@type': 'MessageCard',
      '@context': 'http://schema.org/extensions',
      themeColor: 'DC3545',
      summary: '🔴 SEV1 Critical: Redis is down',
      sections: [
        {
          activityTitle: '🔴 SEV1 Critical: Redis is down',
          facts: expect.arrayContaining([{ name: 'Service', value: 'redis-prod' }]) as unknown,
        },
      ],
    });
  });

  it.each([
    ['https://prod-01.westeurope.logic.azure.com/workflows/0a/triggers/manual/paths/invoke?sig=x', true],
    [
      'https://abc.09.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/0a/triggers/manual/paths/invoke',
      true,
    ],
    ['https://prod-1.usgovtexas.logic.azure.us/workflows/0a/triggers/manual/paths/invoke', true],
    ['https://corp.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d', false],
    ['https://logic.azure.com.example.com/hook', false],
  ])('Teams: %s is a workflow: %s', (url, expected) => {
    expect(isWorkflow(url)).toBe(expected);
  });

  it('PagerDuty: trigger, acknowledge and resolve under one key, as the incident is', async () => {
    const { vendor, alerts } = pagerduty();
    const receiver = await serve(vendor);
    const config = { url: `${receiver.url}/v2/enqueue`, format: 'pagerduty', headers: { Routing_Key: routingKey, 'X-Other': '1' } };
    const states = [];
    for (const status of ['TRIGGERED', 'ACKNOWLEDGED', 'RESOLVED'] as const) {
      await send(config, { incident: { status } });
      states.push([...alerts]);
    }
    const key = `imas-incident-${incident.id}`;
    expect(states).toEqual([[[key, 'triggered']], [[key, 'acknowledged']], [[key, 'resolved']]]);
    expect(receiver.requests[0]).toMatchObject({
      json: {
        payload: {
          summary: '[INC-ABC123] Redis is down',
          source: 'redis-prod',
          severity: 'critical',
          custom_details: { service: 'redis-prod', status: 'TRIGGERED' },
        },
      },
      headers: { 'x-other': '1' },
    });
    expect(receiver.requests[0]!.headers['routing_key']).toBeUndefined();
  });

  it('Opsgenie: create, acknowledge and close by the alias', async () => {
    const { vendor, alerts } = opsgenie();
    const receiver = await serve(vendor);
    const config = {
      url: `${receiver.url}/v2/alerts/`.replace(/\/$/, ''),
      format: 'opsgenie',
      headers: { Authorization: `GenieKey ${apiKey}` },
    };
    const states = [];
    for (const status of ['TRIGGERED', 'ACKNOWLEDGED', 'RESOLVED'] as const) {
      await send(config, { incident: { status } });
      states.push([...alerts]);
    }
    const alias = `imas-incident-${incident.id}`;
    expect(states).toEqual([[[alias, 'open']], [[alias, 'acked']], [[alias, 'closed']]]);
    expect(receiver.requests[0]!.json).toMatchObject({
      message: 'Redis is down',
      alias,
      priority: 'P1',
      source: 'IMAS',
      tags: ['imas', 'redis-prod'],
    });
    expect(receiver.requests[2]!.path).toBe(`/v2/alerts/${alias}/close?identifierType=alias`);
  });

  it.each([
    ['SEV1_CRITICAL', 'critical', 'P1'],
    ['SEV2_HIGH', 'error', 'P2'],
    ['SEV3_MEDIUM', 'warning', 'P3'],
    ['SEV4_LOW', 'info', 'P4'],
  ] as const)('%s is %s at PagerDuty and %s at Opsgenie', async (severity, pager, priority) => {
    expect((await received({ format: 'pagerduty', routing_key: routingKey }, { incident: { severity } })).json).toMatchObject({
      payload: { severity: pager },
    });
    expect((await received({ format: 'opsgenie' }, { incident: { severity } })).json).toMatchObject({ priority });
  });
});
