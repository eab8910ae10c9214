import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { providerWarnings } from '../../src/api/home/figures.ts';
import { createRegistry } from '../../src/connectors/registry.ts';
import { checkProviders } from '../../src/delivery/check-providers.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { createSecretBox } from '../../src/secrets/create-secret-box.ts';
import { startSlack, type Slack } from '../connectors/emulators/slack/server.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { createSeed } from '../support/seed.ts';

let database: TestDatabase;
let slack: Slack;
let providerId: string;
beforeAll(async () => {
  [database, slack] = await Promise.all([createTestDatabase(), startSlack()]);
  slack.workspace.channel('alerts');
  const config = { bot_token: slack.tokens.bot, signing_secret: slack.signingSecret, api_url: slack.apiUrl };
  providerId = await createSeed(database.pool).provider({ name: 'Slack', type: 'SLACK', config });
  await database.pool.query(`update providers set updated_at = now() - interval '1 day'`);
});
afterAll(async () => {
  await slack.close();
  await database.close();
});

const look = () =>
  checkProviders(
    {
      config: { baseUrl: 'http://imas.test' },
      database,
      registry: createRegistry({ mail: null }),
      secrets: createSecretBox({ key: 'a key for the tests alone', oldKeys: [] }),
      egress: createEgress({ allow: ['127.0.0.1'] }),
      metrics: createMetrics(),
      log: pino({ level: 'silent' }),
    },
    AbortSignal.timeout(20_000),
  );
const asked = (): number => slack.asked.filter(({ method }) => method === 'auth.test').length;
const warnings = async (): Promise<string[]> =>
  (await providerWarnings(database.pool)).map(({ provider, reason, cure }) => `${provider.name}: ${reason.message} ${cure?.message ?? ''}`);
const later = (minutes: number) =>
  database.pool.query('update provider_checks set checked_at = now() - make_interval(mins => $1)', [minutes]);

it('a provider that is well is asked every ten minutes, and says nothing', async () => {
  await look();
  await look();
  expect([asked(), await warnings()]).toEqual([1, []]);
  await later(9);
  await look();
  expect(asked()).toBe(1);
  await later(11);
  await look();
  expect(asked()).toBe(2);
});

it('a revoked token is told with its cure until it is good again, and a changed provider is asked at once', async () => {
  slack.fail('auth.test', { error: 'token_revoked' });
  await later(11);
  await look();
  expect(await warnings()).toEqual([expect.stringMatching(/^Slack: .*token_revoked.* Enter the bot token/)]);
  await database.pool.query(`update providers set updated_at = now() + interval '1 second' where id = $1`, [providerId]);
  await look();
  expect(await warnings()).toEqual([]);
});

it('a missing scope is told though all else works; an inactive provider says nothing', async () => {
  slack.scopes.delete('channels:manage');
  await later(11);
  await look();
  expect(await warnings()).toEqual([expect.stringContaining('channels:manage')]);
  await database.pool.query('update providers set is_active = false where id = $1', [providerId]);
  expect(await warnings()).toEqual([]);
});
