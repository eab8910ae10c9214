import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settingsTable } from '../src/config.ts';
import { connectorIndex, connectorPage, connectorPageName } from '../src/connectors/describe.ts';
import { createRegistry } from '../src/connectors/registry.ts';
import { resourcesPage } from '../src/resources/field-map/docs-page.ts';
import { resources } from '../src/resources/index.ts';

/** Writes docs/connectors/, docs/resources.md and the README's settings anew from what they describe. */
const folder = fileURLToPath(new URL('../docs/connectors/', import.meta.url));
const registry = createRegistry({ mail: null });
const { all } = registry;
const pages = new Map(all.map((connector) => [connectorPageName(connector), connectorPage(connector)]));
pages.set('README.md', connectorIndex(all));

await mkdir(folder, { recursive: true });
for (const name of await readdir(folder)) if (name.endsWith('.md') && !pages.has(name)) await rm(join(folder, name));
for (const [name, page] of pages) await writeFile(join(folder, name), page);
await writeFile(new URL('../docs/resources.md', import.meta.url), resourcesPage(resources, registry));

const readme = fileURLToPath(new URL('../README.md', import.meta.url));
const text = await readFile(readme, 'utf8');
await writeFile(
  readme,
  text.replace(/^\| variable \| default \| meaning \|\n(\|.*\n)+/m, () => `${settingsTable()}\n`),
);
console.log(`${pages.size} pages in docs/connectors/, and docs/resources.md`);
