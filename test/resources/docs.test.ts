import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createRegistry } from '../../src/connectors/registry.ts';
import { describeResource } from '../../src/resources/field-map/describe.ts';
import { resourcesPage } from '../../src/resources/field-map/docs-page.ts';
import { resources } from '../../src/resources/index.ts';
import { services } from '../../src/resources/services.ts';

const registry = createRegistry({ mail: null });

it('docs/resources.md, by npm run docs, is up to date', () => {
  const page = readFileSync(fileURLToPath(new URL('../../docs/resources.md', import.meta.url)), 'utf8');
  expect(page).toBe(resourcesPage(resources, registry));
});

it('every field has a label and one line of help, and every example names known fields', () => {
  for (const resource of resources) {
    const { fields, example } = describeResource(resource, registry);
    for (const { label, help } of fields) {
      expect(label).toMatch(/^[A-Z]/);
      expect(help).toMatch(/^[^\n]+\.$/);
    }
    expect(resource.schemas.create.safeParse(example)).toMatchObject({ success: true });
  }
});

it('forms use people’s words', () => {
  const labels = describeResource(services, registry).fields.map(({ name, label }) => [name, label]);
  expect(labels).toEqual(
    expect.arrayContaining([
      ['name', 'Name'],
      ['team', 'Owner Team'],
      ['criticality', 'Criticality'],
      ['runbook_url', 'Runbook URL'],
    ]),
  );
});
