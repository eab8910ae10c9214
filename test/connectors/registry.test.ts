import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { connectorIndex, connectorPage, connectorPageName, describeConnector } from '../../src/connectors/describe.ts';
import { createRegistry, typeOf } from '../../src/connectors/registry.ts';

const registry = createRegistry({ mail: null });
const docs = fileURLToPath(new URL('../../docs/connectors/', import.meta.url));

describe('the registry', () => {
  it('has every alert source, and each connector once', () => {
    expect(registry.sources().map(({ id }) => id)).toEqual(['alertmanager', 'grafana', 'datadog', 'sentry', 'generic']);
    expect(new Set(registry.all.map(({ id }) => id)).size).toBe(registry.all.length);
    expect(registry.byType('FAX')).toBeUndefined();
    expect(registry.byId('SMTP')).toBeUndefined();
  });

  it('offers as notifiers only provider types that have a config', () => {
    const types = registry.notifiers().map((connector) => [typeOf(connector), connector.config !== undefined]);
    expect(types).toEqual(
      expect.arrayContaining([
        ['SMTP', true],
        ['WEBHOOK', true],
      ]),
    );
  });

  it('describes fields for forms', () => {
    const fields = describeConnector(registry.byType('SMTP')!).fields;
    expect(fields).toContainEqual({
      name: 'port',
      kind: 'number',
      required: false,
      secret: false,
      decidesDestination: true,
      default: 587,
      description: expect.any(String),
      options: [],
    });
    expect(fields).toContainEqual(expect.objectContaining({ name: 'password', kind: 'text', secret: true, required: false }));
    const webhook = describeConnector(registry.byType('WEBHOOK')!).fields;
    expect(webhook).toContainEqual(expect.objectContaining({ name: 'url', required: true, secret: true }));
    expect(webhook).toContainEqual(expect.objectContaining({ name: 'template', kind: 'json', secret: 'partly' }));
    expect(webhook).toContainEqual(
      expect.objectContaining({ name: 'events', kind: 'choices', options: expect.arrayContaining(['comment.added']) }),
    );
  });
});

describe('docs/connectors, by npm run docs', () => {
  it.each(registry.all.map((connector) => [connector.id, connector] as const))('is up to date for %s', (_, connector) => {
    expect(readFileSync(`${docs}${connectorPageName(connector)}`, 'utf8')).toBe(connectorPage(connector));
  });

  it('lists them all and has no page of another', () => {
    expect(readFileSync(`${docs}README.md`, 'utf8')).toBe(connectorIndex(registry.all));
    expect(readdirSync(docs).toSorted()).toEqual(['README.md', ...registry.all.map(connectorPageName)].toSorted());
  });
});
