import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { incidentEvents } from '../../src/domain/vocabulary.ts';
import { WebhookConfig } from '../../src/connectors/webhook/config.ts';
import { webhookConnector } from '../../src/connectors/webhook/connector.ts';
import { fillTemplate } from '../../src/connectors/webhook/template.ts';
import { incident, type Changes } from './notification.ts';
import { received } from './send-webhook.ts';

describe('format json', () => {
  it('is the default, and has the documented fields', async () => {
    const { json, method, headers } = await received({});
    expect(json).toEqual({
      source: 'imas-manager',
      event_type: 'incident',
      title: 'Redis is down',
      description: 'No replica answers since 10:02.',
      severity: 'SEV1_CRITICAL',
      status: 'TRIGGERED',
      service: 'redis-prod',
      incident_id: incident.id,
      timestamp: '2026-11-21T10:02:05.000Z',
    });
    expect(method).toBe('POST');
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': 'delivery-1' });
    expect(headers['webhook-signature']).toBeUndefined();
  });

  it('takes method and headers of the config', async () => {
    const { method, headers } = await received({
      method: 'PUT',
      headers: { Authorization: 'Bearer abc', 'X-A': 'b', 'Content-Type': 'application/vnd.x+json' },
    });
    expect(method).toBe('PUT');
    expect(headers).toMatchObject({ authorization: 'Bearer abc', 'x-a': 'b', 'content-type': 'application/vnd.x+json' });
  });
});

describe('events', () => {
  const event = { event: 'incident.acknowledged', timestamp: '2026-11-21T10:02:05.000Z' };
  const data = {
    incident: {
      id: incident.id,
      short_id: 'INC-ABC123',
      title: 'Redis is down',
      severity: 'SEV1_CRITICAL',
      status: 'ACKNOWLEDGED',
      service: incident.service,
      url: incident.url,
    },
  };
  const acknowledged: Changes = { purpose: 'event', event: 'incident.acknowledged', incident: { status: 'ACKNOWLEDGED' } };

  it('have their own shape, while pages of the same provider keep the format json', async () => {
    const config = { events: ['incident.acknowledged'] };
    expect((await received(config, acknowledged)).json).toEqual({ ...event, data });
    expect((await received(config)).json).toMatchObject({ event_type: 'incident' });
  });

  it('have it for pages too with the format events', async () => {
    expect((await received({ format: 'events' })).json).toMatchObject({
      event: 'incident.created',
      data: { incident: { status: 'TRIGGERED' } },
    });
  });

  it('carry the comment', async () => {
    const comment = { author: 'Bob', text: 'On it' };
    expect((await received({}, { purpose: 'event', event: 'comment.added', comment })).json).toMatchObject({
      event: 'comment.added',
      data: { comment },
    });
  });

  it('are told as the config says; vendors that keep a state hear of its changes unasked', () => {
    const wanted = (config: Record<string, unknown>) =>
      webhookConnector.notify!.events!(WebhookConfig.parse({ url: 'https://x.example.com', ...config }));
    expect(wanted({})).toEqual([]);
    expect(wanted({ events: [...incidentEvents] })).toEqual(incidentEvents);
    expect(wanted({ format: 'opsgenie' })).toEqual(['incident.acknowledged', 'incident.resolved']);
    expect(wanted({ format: 'pagerduty', routing_key: 'x', events: ['incident.resolved'] })).toEqual(['incident.resolved']);
  });
});

describe('a template', () => {
  it('is filled inside its texts, and makes the format custom', async () => {
    const template = {
      '{{title}}': ['{{title}} | {{ body }}', 1, null, true],
      severity: '{{severity}}/{{status}}',
      more: {
        unknown: '{{nothing}} {{toString}}',
        who: '{{service}}',
        id: '{{incident_id}}',
        url: '{{incident_url}}',
        at: '{{timestamp}}',
      },
    };
    const expected = {
      '{{title}}': ['Redis is down | No replica answers since 10:02.', 1, null, true],
      severity: 'SEV1_CRITICAL/TRIGGERED',
      more: { unknown: '{{nothing}} {{toString}}', who: 'redis-prod', id: incident.id, url: incident.url, at: '2026-11-21T10:02:05.000Z' },
    };
    expect((await received({ template })).json).toEqual(expected);
    expect((await received({ template: JSON.stringify(template), format: 'custom' })).json).toEqual(expected);
  });

  it('is not used when another format is named', async () => {
    expect((await received({ template: { a: 1 }, format: 'json' })).json).toMatchObject({ source: 'imas-manager' });
  });

  it('keeps its shape whatever the values are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (title, body) => {
        const filled = JSON.parse(JSON.stringify(fillTemplate({ a: 'x{{title}}y', b: ['{{body}}'] }, { title, body }))) as unknown;
        expect(filled).toEqual({ a: `x${title}y`, b: [body] });
      }),
    );
  });

  it('does not take a value for a placeholder', () => {
    expect(fillTemplate('{{title}} {{body}}', { title: '{{body}}', body: '{{title}} $& $1' })).toBe('{{body}} {{title}} $& $1');
  });
});

describe('a signature', () => {
  it.each(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'any text of people, sixteen or more'])(
    'with %s is verified by the library of the standard',
    async (secret) => {
      const { headers, text } = await received({ secret });
      const webhook = secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(Buffer.from(secret, 'utf8').toString('base64'));
      const signed = headers as Record<string, string>;
      expect(webhook.verify(text, signed)).toMatchObject({ incident_id: incident.id });
      expect(signed['webhook-id']).toBe('delivery-1');
      expect(() => webhook.verify(`${text} `, signed)).toThrow();
      expect(() => webhook.verify(text, { ...signed, 'webhook-id': 'delivery-2' })).toThrow();
    },
  );
});

describe('the config', () => {
  const url = 'https://hooks.example.com/x';
  it.each([
    [{}, 'url'],
    [{ url: 'ftp://x.example.com' }, 'url'],
    [{ url: 'https://user:pass@x.example.com' }, 'url'],
    [{ url, method: 'GET' }, 'method'],
    [{ url, format: 'xml' }, 'format'],
    [{ url, format: 'custom' }, 'template'],
    [{ url, format: 'pagerduty' }, 'routing_key'],
    [{ url, template: '{"a": ' }, 'template'],
    [{ url, headers: { 'a b': 'c' } }, 'headers.a b'],
    [{ url, headers: { a: 'b\r\nX-Evil: 1' } }, 'headers.a'],
    [{ url, headers: { Host: 'x' } }, 'headers.Host'],
    [{ url, headers: { 'Webhook-Signature': 'x' } }, 'headers.Webhook-Signature'],
    [{ url, events: ['incident.exploded'] }, 'events.0'],
    [{ url, secret: 'short' }, 'secret'],
    [{ url, secret: 'whsec_%%%%%%%%%%%%%%%%' }, 'secret'],
    [{ url, uri: 'x' }, ''],
  ])('%j is refused at %s', (config, field) => {
    expect(WebhookConfig.safeParse(config).error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });
});
