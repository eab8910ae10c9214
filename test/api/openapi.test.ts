import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import { resources } from '../../src/resources/index.ts';
import { type Api, startApi } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('GET /api/v1/openapi.json', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { body } = await api.request('GET', '/api/v1/openapi.json', { as: 'nobody' });
    const result = await new Validator().validate(structuredClone(body));
    expect(result).toMatchObject({ valid: true });
    expect(body.openapi).toBe('3.1.0');
  });

  it('has every address of the API, with the slash it is published with', async () => {
    const { body } = await api.request('GET', '/api/v1/openapi.json', { as: 'nobody' });
    const documented = Object.entries(body.paths).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = api.app.routes
      .filter((route) => route.method !== 'ALL' && route.path.startsWith('/api/') && !/docs|openapi/.test(route.path))
      .map((route) => `${route.method} ${route.path.replace(/:([a-z_]+)/g, '{$1}').replace(/\/?$/, '/')}`);
    expect([...new Set(served)].filter((route) => !documented.includes(route))).toEqual([]);
    expect(documented).toContain('POST /api/v1/incidents/{id}/acknowledge/');
    expect(documented).toContain('POST /api/v1/webhooks/alertmanager/');
  });

  it('lets a reference that may be null be null', async () => {
    const { body } = await api.request('GET', '/api/v1/openapi.json', { as: 'nobody' });
    expect(body.components.schemas.Service.properties.team).toEqual({
      description: expect.any(String),
      anyOf: [{ $ref: '#/components/schemas/Ref' }, { type: 'null' }],
    });
  });

  it('tells of every call to a resource what it does, and shows a body', async () => {
    const { body } = await api.request('GET', '/api/v1/openapi.json', { as: 'nobody' });
    for (const { path, schemas } of resources) {
      const calls = [body.paths[`/api/v1/${path}/`], body.paths[`/api/v1/${path}/{id}/`]].flatMap((item) => Object.values(item));
      expect(calls).toHaveLength(5);
      for (const call of calls as { summary: string; description: string }[]) {
        expect(call.summary).toMatch(/^(List|Retrieve|Create|Update|Delete) /);
        expect(call.description.length).toBeGreaterThan(40);
      }
      const { example } = body.paths[`/api/v1/${path}/`].post.requestBody.content['application/json'];
      expect(schemas.create.safeParse(example)).toMatchObject({ success: true });
    }
  });

  it('begins with incidents, ends with health, and describes every tag', async () => {
    const { body } = await api.request('GET', '/api/v1/openapi.json', { as: 'nobody' });
    const described = body.tags.map((tag: { name: string; description: string }) => tag.name);
    expect(described[0]).toBe('incidents');
    expect(described.at(-1)).toBe('health');
    expect(new Set(operationsOf(body).flatMap(({ operation }) => operation.tags))).toEqual(new Set(described));
  });

  it('says of every operation what it does, and of every answer what it holds', async () => {
    const { body } = await api.request('GET', '/api/v1/openapi.json', { as: 'nobody' });
    for (const { name, operation } of operationsOf(body)) {
      expect(operation.summary, name).toMatch(/^[A-Z][^.]+$/);
      expect(operation.description?.length, name).toBeGreaterThanOrEqual(60);
      expect(operation.description, name).not.toBe(operation.summary);
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect(answer.description, `${name} ${status}`).toMatch(/^\S+ .+\.$/);
        expect(answer.description, `${name} ${status}`).not.toMatch(/^(All of (it|them)|A page of (it|them))\.$/);
      }
    }
  });

  it('shows bodies that the API takes', () => {
    const examples = api.app.openAPIRegistry.definitions.flatMap((definition) => {
      if (definition.type !== 'route') return [];
      const { method, path, request } = definition.route;
      const { schema, example } = (request?.body?.content['application/json'] ?? {}) as { schema?: ZodType; example?: unknown };
      return schema === undefined || example === undefined ? [] : [{ name: `${method} ${path}`, schema, example }];
    });
    expect(examples.length).toBeGreaterThan(5);
    for (const { name, schema, example } of examples) {
      expect(schema.safeParse(example), name).toMatchObject({ success: true });
    }
  });

  it('is shown by a page that loads nothing from elsewhere', async () => {
    const { status, body, headers } = await api.request('GET', '/api/docs/', { as: 'nobody' });
    expect(status).toBe(200);
    expect(body).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    for (const [, asset] of body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await api.request('GET', asset, { as: 'nobody' })).status, asset).toBe(200);
    }
  });
});

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

const operationsOf = (document: { paths: Record<string, Record<string, Operation>> }) =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
