import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desktop, hasBrowser, hasPages, incidentTitled, phone, startPages, type PagesUnderTest } from './browser.ts';

/** Compressed script that a first view may load, KiB. */
const scriptBudgetKib = 250;

describe.skipIf(!hasBrowser || !hasPages)("every page (needs Debian's chromium and built pages)", () => {
  let pages: PagesUnderTest;
  let paths: Record<string, string>;

  beforeAll(async () => {
    pages = await startPages();
    await pages.alert({
      title: 'Redis is out of memory',
      service: 'redis-prod',
      severity: 'SEV1_CRITICAL',
      description: 'used_memory is at 98 % of maxmemory',
    });
    await pages.alert({
      title: 'Checkout answers slowly in eu-west-3, above two seconds at the ninety-ninth percentile',
      service: 'checkout',
      severity: 'SEV3_MEDIUM',
    });
    const { short_id } = await incidentTitled(pages, 'Redis is out of memory');
    await pages.api('POST', `/api/v1/incidents/${short_id}/comments/`, { text: 'Looking, @admin: https://graphs.example.com/redis' });
    const services = await pages.api<{ results: { id: string }[] }>('GET', '/api/v1/services/?name=checkout');
    const serviceId = services.results[0]?.id ?? '';
    paths = {
      home: '/dashboard/',
      incidents: '/dashboard/incidents/',
      incident: `/dashboard/incidents/${short_id}/`,
      document: `/dashboard/incidents/${short_id}/document/`,
      create: '/dashboard/incidents/create/',
      alerts: '/dashboard/alerts/',
      routing: `/dashboard/routing/?service=${serviceId}&severity=SEV1_CRITICAL`,
      alertSources: '/dashboard/alert-sources/',
      inbox: '/dashboard/inbox/',
      profile: '/dashboard/profile/',
    };
  }, 120_000);
  afterAll(() => pages?.close());

  const settled = async (page: Page): Promise<void> => {
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expect.poll(() => page.locator('.mantine-Skeleton-root').count(), { timeout: 5_000 }).toBe(0);
  };

  for (const name of ['home', 'incidents', 'incident', 'document', 'create', 'alerts', 'routing', 'alertSources', 'inbox', 'profile']) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`${name}, ${colorScheme}: nothing that axe finds serious, on a phone and on a desk`, async () => {
        for (const viewport of [phone, desktop]) {
          const page = await pages.open(paths[name] as string, { colorScheme, viewport });
          await settled(page);
          // A mail in its sandbox takes no scripts, so axe cannot look into it, and is not ours.
          const { violations } = await new AxeBuilder({ page })
            .setLegacyMode()
            .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
            .analyze();
          const found = violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(
              ({ id, nodes }) =>
                `${viewport.width}: ${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`,
            );
          expect(found).toEqual([]);
          await page.context().close();
        }
      });
    }

    test(`${name}: fits from 360 to 2560 px without scrolling sideways`, async () => {
      const page = await pages.open(paths[name] as string);
      await settled(page);
      for (const width of [360, 768, 1024, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        // Asked again until what moves on a new width has come to rest.
        await expect
          .poll(() => page.evaluate<number>(`document.documentElement.scrollWidth - document.documentElement.clientWidth`), {
            message: `at ${width}`,
          })
          .toBeLessThanOrEqual(0);
      }
      await page.context().close();
    });

    test(`${name}: a first view loads no more than ${scriptBudgetKib} KiB of script`, async () => {
      const fresh = await pages.open(paths[name] as string);
      await settled(fresh);
      const loaded = await fresh.evaluate<{ name: string; size: number }[]>(
        `performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('.js')).map((entry) => ({ name: entry.name, size: entry.encodedBodySize }))`,
      );
      expect(loaded.length).toBeGreaterThan(3);
      expect(loaded.reduce((sum, { size }) => sum + size, 0) / 1024).toBeLessThan(scriptBudgetKib);
      await fresh.context().close();
    });
  }

  test('nothing jumps while an incident’s page loads', async () => {
    const page = await pages.open('/dashboard/incidents/');
    await settled(page);
    await page.addInitScript(`
      window.shift = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; }).observe({ type: 'layout-shift', buffered: true });
    `);
    await page.goto(pages.up.url + paths['incident']);
    await settled(page);
    // 0.1 is where the Web Vitals begin to call it poor for readers.
    expect(await page.evaluate<number>('window.shift')).toBeLessThan(0.1);
    await page.context().close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`sign-in, ${colorScheme}: nothing that axe finds serious, nor in what it says of a wrong password`, async () => {
      for (const viewport of [phone, desktop]) {
        const page = await pages.open('/sign-in', { signedIn: false, colorScheme, viewport });
        await settled(page);
        await page.keyboard.type('nobody');
        await page.keyboard.press('Tab');
        await page.keyboard.type('not the password');
        await page.keyboard.press('Enter');
        await page.getByRole('alert').getByText('Incorrect username or password.').waitFor();
        const { violations } = await new AxeBuilder({ page })
          .setLegacyMode()
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze();
        expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
        await page.context().close();
      }
    });
  }

  test('who guesses passwords too often is told how long to wait', async () => {
    const page = await pages.open('/sign-in', { signedIn: false });
    await settled(page);
    const attempt = `fetch('/api/auth/session/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"username":"guesser","password":"no"}' }).then((answer) => answer.status)`;
    const answers = await page.evaluate<number[]>(
      `(async () => { const all = []; while (all.at(-1) !== 429 && all.length < 30) all.push(await ${attempt}); return all; })()`,
    );
    expect(answers.slice(0, -1).every((status) => status === 401)).toBe(true);
    expect(answers.at(-1)).toBe(429);
    await page.getByLabel('Username').fill('guesser');
    await page.getByRole('textbox', { name: 'Password' }).fill('no');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(/Too many attempts\. Try again in (a second|\d+ seconds)\./).waitFor();
    await page.context().close();
  });

  test('the timeline and the reasons are in French too', async () => {
    const page = await pages.open(paths['incident'] as string, { locale: 'fr-FR' });
    await page.getByText('Incident ouvert : Redis is out of memory').waitFor();
    await page.getByText('Alerte déclenchée : Redis is out of memory').waitFor();
    await page
      .getByText(/Notification envoyée à .* \(Ann Arden\)/)
      .first()
      .waitFor();
    for (const message of await page.getByRole('button', { name: /^Ann Arden: / }).all()) await message.click();
    await page.getByText('Ann Arden est d’astreinte').filter({ visible: true }).first().waitFor();
    await page
      .getByText(/politique d’escalade «\sPlatform\s» \(version 1\), tour 1, niveau 1/)
      .first()
      .waitFor();
    const entries = await page.locator('[role=log] li').allInnerTexts();
    expect(entries.filter((entry) => /\b(sent|fired|Incident opened|created|No war room)\b/.test(entry))).toEqual([]);
    await page.context().close();
  });

  test('on a phone all choices of a row can be reached, and what opens shows that it does', async () => {
    const opening = { locale: 'fr-FR', viewport: { width: 360, height: 800 }, hasTouch: true, isMobile: true };
    for (const name of ['incident', 'alerts', 'inbox']) {
      const page = await pages.open(paths[name] as string, opening);
      await settled(page);
      const last = page.getByRole('radiogroup').first().locator('label').last();
      await last.tap();
      const box = await last.boundingBox();
      expect((box?.x ?? 999) + (box?.width ?? 999), name).toBeLessThanOrEqual(360);
      await page.context().close();
    }
    const page = await pages.open(paths['alerts'] as string, opening);
    await settled(page);
    await page.locator('button[aria-expanded]').last().tap();
    const kept = page.locator('summary').first();
    await kept.waitFor();
    expect(await page.evaluate<string>(`getComputedStyle(document.querySelector('summary')).display`)).toBe('list-item');
    await page.context().close();
  });

  test('speaks French to those who read it, with their times and numbers', async () => {
    const page = await pages.open(paths['incident'] as string, { locale: 'fr-FR' });
    await page.getByRole('button', { name: 'Prendre en charge' }).waitFor();
    expect(await page.evaluate<string>('document.documentElement.lang')).toBe('fr');
    await page.getByRole('button', { name: 'Langue' }).click();
    await page.getByRole('menuitem', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
    await page.context().close();
  });

  test('names the button that shows a password, in French too', async () => {
    const page = await pages.open('/sign-in', { signedIn: false, locale: 'fr-FR' });
    await page.getByRole('button', { name: 'Afficher le mot de passe' }).waitFor();
    await page.context().close();
  });

  test('a chosen colour stays, from the first paint on', async () => {
    const page = await pages.open('/dashboard/incidents/');
    await page.getByRole('button', { name: 'Dark colours' }).click();
    const scheme = `document.documentElement.getAttribute('data-mantine-color-scheme')`;
    expect(await page.evaluate(scheme)).toBe('dark');
    await page.reload({ waitUntil: 'commit' });
    await page.waitForSelector('#root', { state: 'attached' });
    expect(await page.evaluate(scheme)).toBe('dark');
    await page.context().close();
  });
});
