import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { settingsTable } from '../../src/config.ts';

const read = (name: string): Promise<string> => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('every setting', () => {
  test('stands in the README, by npm run docs', async () => {
    expect(await read('README.md')).toContain(`${settingsTable()}\n\n`);
  });

  test('of ours that the containers get is one that the program reads', async () => {
    const given = (await read('docker-compose.yml')).match(/^ {4}(PORT|HOST|(IMAS|EMAIL|DATABASE)_\w+):/gm) ?? [];
    expect(given.length).toBeGreaterThan(5);
    for (const line of given) expect(settingsTable()).toContain(`| \`${line.trim().slice(0, -1)}\` |`);
  });
});
