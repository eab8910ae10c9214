import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { Client } from 'pg';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRunning } from '../../src/embedded/running-installation.ts';
import { desktop, hasBrowser, hasPages, phone, startPages, type PagesUnderTest } from './browser.ts';

describe.skipIf(!hasBrowser || !hasPages)("alert sources (needs Debian's chromium and built pages)", () => {
  let pages: PagesUnderTest;
  let dataDir: string;
  let database: Client;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'imas-sources-'));
    await chmod(dataDir, 0o755);
    pages = await startPages({ IMAS_DATA_DIR: dataDir, IMAS_DEMO: '0' });
    database = new Client({ connectionString: (await findRunning(dataDir, 'imas')).databaseUrl ?? '' });
    await database.connect();
    await database.query(`update alert_sources set open = true, open_since_before = true where source in ('grafana', 'datadog')`);
  }, 120_000);
  afterAll(async () => {
    await database?.end();
    await pages?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const post = async (source: string, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(`${pages.up.url}/api/v1/webhooks/${source}/`, { method: 'POST', headers, body: '{"alerts":[]}' })).status;
  const item = (page: Page, name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });

  test('home warns of those that were open before, and leads to where it is decided', async () => {
    const page = await pages.open('/dashboard/');
    const warning = page.getByRole('alert').filter({ hasText: '2 alert sources take alerts without a secret' });
    await warning.waitFor();
    expect(await warning.innerText()).toMatch(/Datadog, Grafana Alerting/);
    await warning.getByRole('link').click();
    await page.getByRole('heading', { name: 'Alert sources', level: 1 }).waitFor();
    await item(page, 'Datadog').getByText('Open, not decided yet').waitFor();
    await item(page, 'Datadog').getByRole('button', { name: 'Close' }).click();
    await item(page, 'Datadog').getByRole('group').getByRole('button', { name: 'Close' }).click();
    await item(page, 'Datadog').getByText('Closed', { exact: true }).waitFor();
    await item(page, 'Grafana Alerting').getByRole('button', { name: 'Keep open' }).click();
    await item(page, 'Grafana Alerting').getByRole('group').getByRole('button', { name: 'Keep open' }).click();
    await item(page, 'Grafana Alerting').getByText('Open', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Home' }).click();
    await page.getByRole('heading', { name: 'System health' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.context().close();
  });

  test('a secret is made, shown once with what the sender needs, and lets its sender in', async () => {
    expect(await post('alertmanager')).toBe(401);
    const page = await pages.open('/dashboard/');
    await page.getByRole('link', { name: 'Alert sources' }).click();
    const alertmanager = item(page, 'Prometheus Alertmanager');
    await alertmanager.getByRole('button', { name: 'Create secret' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('shown only once').waitFor();
    const secret = await dialog.locator('code').innerText();
    expect(secret).toMatch(/^imas_[0-9a-f]{40}$/);
    const config = await dialog.locator('pre').innerText();
    expect(config).toContain(`url: ${pages.up.url}/api/v1/webhooks/alertmanager/`);
    expect(config).toContain(`credentials: ${secret}`);
    await dialog.getByRole('button', { name: 'Done' }).last().click();
    await alertmanager.getByText('Secured', { exact: true }).waitFor();
    expect(await page.content()).not.toContain(secret);
    await expect.poll(() => post('alertmanager', { authorization: `Bearer ${secret}` }), { timeout: 10_000 }).toBe(202);

    // Another one only when asked twice.
    await alertmanager.getByRole('button', { name: 'Replace secret' }).click();
    await alertmanager.getByText('Senders that use the current secret will be refused').waitFor();
    await alertmanager.getByRole('group').getByRole('button', { name: 'Replace secret' }).click();
    await dialog.getByText('shown only once').waitFor();
    expect(await dialog.locator('code').innerText()).not.toBe(secret);
    await page.context().close();
  });

  test('the key of a sender that signs is entered, not shown', async () => {
    const page = await pages.open('/dashboard/alert-sources/');
    const sentry = item(page, 'Sentry');
    await sentry.getByRole('button', { name: 'Enter signing secret' }).click();
    await sentry.getByLabel('Signing secret').fill('short');
    await sentry.getByRole('button', { name: 'Save' }).click();
    await sentry.getByRole('alert').getByText('must have at least 8 characters').waitFor();
    await sentry.getByLabel('Signing secret').fill(' the client secret of Sentry ');
    await sentry.getByRole('button', { name: 'Save' }).click();
    await sentry.getByText('Secured', { exact: true }).waitFor();
    // The address of generic alerts is secured with it: opening that is refused, and why.
    await item(page, 'Generic webhook').getByRole('button', { name: 'Open without secret' }).click();
    await item(page, 'Generic webhook').getByRole('button', { name: 'Open anyway' }).click();
    await item(page, 'Generic webhook').getByRole('alert').getByText('"Sentry"').waitFor();
    await page.context().close();
  });

  test('API docs may send to it, and only they', async () => {
    const page = await pages.open('/api/docs/', { signedIn: false });
    await page.getByRole('heading', { name: /^IMAS/ }).waitFor();
    const tried = (mode: string) =>
      page.evaluate<number | string>(
        `fetch('/api/v1/webhooks/grafana/', { method: 'POST', mode: '${mode}', body: '{"alerts":[]}' }).then((answer) => answer.status)`,
      );
    expect(await tried('cors')).toBe(202);
    await page.context().close();
    const other = await pages.open('/health/live', { signedIn: false });
    await other.goto('about:blank');
    await other.setContent(
      `<form method="post" enctype="text/plain" action="${pages.up.url}/api/v1/webhooks/grafana/"><button name='{"alerts":[],"a":"' value='"}'>Go</button></form>`,
    );
    const [answer] = await Promise.all([other.waitForResponse('**/webhooks/grafana/'), other.getByRole('button').click()]);
    expect(answer.status()).toBe(403);
    await other.context().close();
  });

  test.each([
    ['a phone', phone],
    ['a desk', desktop],
  ])('fits on %s, in French too, and axe finds nothing serious', async (_, viewport) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await pages.open('/dashboard/alert-sources/', { viewport, locale: 'fr-FR', colorScheme });
      await page.getByRole('heading', { name: 'Sources d’alertes', level: 1 }).waitFor();
      await page.getByRole('button', { name: 'Ouvrir sans secret' }).first().click();
      await page.getByText('Configuration de l’expéditeur').first().click();
      expect(
        await page.evaluate<number>(`document.documentElement.scrollWidth - document.documentElement.clientWidth`),
      ).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      const found = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
      expect(found).toEqual([]);
      await page.context().close();
    }
  });
});
