import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, hasPages, startPages, type PagesUnderTest } from './browser.ts';

describe.skipIf(!hasBrowser || !hasPages)("routing (needs Debian's chromium and built pages)", () => {
  let pages: PagesUnderTest;
  beforeAll(async () => {
    pages = await startPages();
    const providers = await pages.api<{ results: { id: string; name: string }[] }>('GET', '/api/v1/providers/');
    const webhook = providers.results.find(({ name }) => name === 'Demo webhook');
    await pages.api('PATCH', `/api/v1/providers/${webhook?.id}/`, { is_active: false });
  }, 120_000);
  afterAll(() => pages?.close());

  test('shows each step of an incident at another time, its ways in their order, and what is skipped', async () => {
    const page = await pages.open('/dashboard/');
    await page.getByRole('link', { name: 'Routing' }).click();
    await page.getByRole('heading', { name: 'Routing', level: 1 }).waitFor();
    await page.getByText('Choose a service.').waitFor();
    await page.getByRole('combobox', { name: 'Service' }).click();
    await page.getByRole('option', { name: 'checkout' }).click();
    const step = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, level: 2, exact: true }) });
    await step('Level 1').getByText('Demo mail (ann@example.com)').waitFor();
    expect(await step('Level 1').getByText('Immediately', { exact: true }).count()).toBe(1);
    await step('Level 1')
      .getByText(/immediately · 5 mins? to acknowledge/)
      .waitFor();
    await step('For information').getByText('Demo webhook', { exact: true }).first().waitFor();
    await step('For information').getByText('Skipped', { exact: true }).first().waitFor();
    await step('Final fallback').getByText('everybody@example.com').first().waitFor();

    // A week later it is Bob's turn. The question is in the address.
    const inAWeek = new Date(Date.now() + 7 * 24 * 3_600_000).toISOString();
    await page.getByLabel('Opened at').fill(inAWeek.slice(0, 16));
    await step('Level 1').getByText('Bob Baker is on call').waitFor();
    await page.getByRole('combobox', { name: 'Impact scopes' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'Security' }).click();
    await step('For information').getByText('impact scope Security').waitFor();
    await page.reload();
    await step('For information').getByText('impact scope Security').waitFor();
    await step('Level 1').getByText('Bob Baker is on call').waitFor();
    await page.context().close();
  });

  test('says what cannot be simulated', async () => {
    const page = await pages.open('/dashboard/routing/?service=nothing');
    await page.getByRole('alert').getByText('there is no service "nothing"').waitFor();
    await page.context().close();
  });

  test('home warns where the chat cannot show who is on call, with a cure', async () => {
    const schedules = await pages.api<{ results: { id: string }[] }>('GET', '/api/v1/schedules/');
    await pages.api('PATCH', `/api/v1/schedules/${schedules.results[0]?.id}/`, { user_group: '@platform-oncall' });
    // The worker looks every quarter of a minute.
    const page = await pages.open('/dashboard/');
    const warning = page.getByRole('alert').filter({ hasText: 'The chat does not show who is on call' });
    await warning.waitFor({ timeout: 40_000 });
    expect(await warning.innerText()).toMatch(/Platform on call No active provider has user groups\. Add or activate a Slack provider/);
    await page.context().close();
  }, 60_000);
});
