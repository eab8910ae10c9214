import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, settingsTable } from '../../src/config.ts';

const read = (name: string): Promise<string> => readFile(new URL(`../../${name}`, import.meta.url), 'utf8');

describe('a demo', () => {
  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('listens on %s', (host) => {
    expect(readConfig({ IMAS_DEMO: '1', HOST: host })).toMatchObject({ demo: true, host });
  });

  test.each(['0.0.0.0', '::', '192.168.1.5', 'imas.example.com', '127.0.0.1.example.com'])(
    'does not listen on %s, which others reach',
    (host) => {
      expect(() => readConfig({ IMAS_DEMO: '1', HOST: host })).toThrow(ConfigError);
      expect(() => readConfig({ IMAS_DEMO: '1', HOST: host })).toThrow(/^HOST: .*loopback.*IMAS_DEMO=0/);
      expect(readConfig({ HOST: host })).toMatchObject({ demo: false, host });
    },
  );
});

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
