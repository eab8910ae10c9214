import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settingsTable } from '../src/config.ts';
import { connectorIndex, connectorPage, connectorPageName } from '../src/connectors/describe.ts';
import { createRegistry } from '../src/connectors/registry.ts';

/** Writes docs/connectors/ anew from the connectors, and the README's settings from the config. */
const folder = fileURLToPath(new URL('../docs/connectors/', import.meta.url));
const { all } = createRegistry({ mail: null });
const pages = new Map(all.map((connector) => [connectorPageName(connector), connectorPage(connector)]));
pages.set('README.md', connectorIndex(all));

await mkdir(folder, { recursive: true });
for (const name of await readdir(folder)) if (name.endsWith('.md') && !pages.has(name)) await rm(join(folder, name));
for (const [name, page] of pages) await writeFile(join(folder, name), page);

const readme = fileURLToPath(new URL('../README.md', import.meta.url));
const text = await readFile(readme, 'utf8');
await writeFile(
  readme,
  text.replace(/^\| variable \| default \| meaning \|\n(\|.*\n)+/m, () => `${settingsTable()}\n`),
);
console.log(`${pages.size} pages in docs/connectors/`);
