import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, hasPages, incidentTitled, signIn, startPages, type PagesUnderTest } from './browser.ts';

describe.skipIf(!hasBrowser || !hasPages)("the incident document (needs Debian's chromium and built pages)", () => {
  let pages: PagesUnderTest;
  beforeAll(async () => {
    pages = await startPages();
    await pages.api('POST', '/api/v1/users/', { username: 'bea', display_name: 'Bea', password: 'correct horse battery staple' });
  }, 120_000);
  afterAll(() => pages?.close());

  const documentOf = async (title: string): Promise<string> => {
    await pages.alert({ title, service: 'checkout', severity: 'SEV3_MEDIUM' });
    const { short_id } = await incidentTitled(pages, title);
    await expect
      .poll(
        async () =>
          (await fetch(`${pages.up.url}/api/v1/incidents/${short_id}/document/`, { headers: { authorization: `Token ${pages.token}` } }))
            .status,
      )
      .toBe(200);
    return `/dashboard/incidents/${short_id}/document/`;
  };
  const section = (page: Page, name: string) => page.getByRole('region', { name });
  const editorOf = (page: Page, name: string) => page.getByRole('textbox', { name: `Text of “${name}”` });
  const begin = async (page: Page, name: string, text: string): Promise<void> => {
    await page.getByRole('button', { name: `Edit “${name}”` }).click();
    await editorOf(page, name).fill(text);
  };
  const save = (page: Page) => page.getByRole('button', { name: 'Save' }).click();
  /** Another person, in a browser of her own. */
  const asBea = async (path: string): Promise<Page> => {
    const page = await pages.open(path, { signedIn: false });
    await signIn(page, 'bea', 'correct horse battery staple');
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  };

  test('follows the incident while it is open on the screen, in the language of its reader', async () => {
    const path = await documentOf('Follows');
    const page = await pages.open(path, { locale: 'fr-FR' });
    await page.getByRole('heading', { name: /Rapport d’incident - INC-/, level: 1 }).waitFor();
    await section(page, 'Résumé').getByText('Déclenché').waitFor();
    await page.getByText('En direct', { exact: true }).waitFor();
    const shortId = path.split('/')[3] ?? '';
    await pages.api('POST', `/api/v1/incidents/${shortId}/acknowledge/`, {});
    await section(page, 'Résumé').getByText('Pris en charge', { exact: true }).first().waitFor();
    await pages.api('POST', `/api/v1/incidents/${shortId}/comments/`, { text: 'It is **the cache**' });
    await section(page, 'Chronologie').locator('blockquote strong', { hasText: 'the cache' }).waitFor();
    await page.context().close();
  });

  test('is written in place; a reload shows it with its history, and an older version can be put back', async () => {
    const path = await documentOf('History');
    const page = await pages.open(path);
    await begin(page, 'Root cause', 'The **cache** was restarted.\nWithout its data.');
    await editorOf(page, 'Root cause').press('Control+Enter');
    await section(page, 'Root cause').locator('strong', { hasText: 'cache' }).waitFor();
    await begin(page, 'Root cause', 'The **cache** was restarted.\nBy hand.');
    await save(page);
    await section(page, 'Root cause').getByText('By hand.').waitFor();
    await page.reload();
    await section(page, 'Root cause').getByText('By hand.').waitFor();
    await section(page, 'Root cause').getByText('Edited by Administrator').waitFor();
    await page.getByRole('button', { name: 'History of “Root cause”' }).click();
    const history = page.getByRole('dialog', { name: 'History of “Root cause”' });
    await history.locator('del', { hasText: 'Without its data.' }).waitFor();
    await history.locator('ins', { hasText: 'By hand.' }).waitFor();
    await history.getByRole('button', { name: /^Version 1/ }).click();
    await history.getByRole('button', { name: 'Put this version back' }).click();
    await history.waitFor({ state: 'detached' });
    await section(page, 'Root cause').getByText('Without its data.').waitFor();
    await page.getByRole('button', { name: 'History of “Root cause”' }).click();
    await history.getByRole('button', { name: /^Version 3.*Version 1 put back/ }).waitFor();
    await page.context().close();
  });

  test('two who write at once both keep their text', async () => {
    const path = await documentOf('Two writers');
    const first = await pages.open(path);
    const second = await asBea(path);
    await begin(second, 'Lessons learned', 'Bea’s lesson');
    // She hears nothing of it before she saves.
    await second.route('**/document/?**', (route) => route.abort());
    await begin(first, 'Lessons learned', 'The first lesson');
    await save(first);
    await section(first, 'Lessons learned').getByText('The first lesson').waitFor();
    const refused = second.waitForResponse((response) => response.request().method() === 'PUT');
    await save(second);
    expect((await refused).status()).toBe(409);
    await second.unroute('**/document/?**');
    const conflict = second.getByRole('alert').filter({ hasText: 'Administrator saved this section while you were writing' });
    await conflict.getByText('The first lesson').waitFor();
    expect(await editorOf(second, 'Lessons learned').inputValue()).toBe('Bea’s lesson');
    expect(await second.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await conflict.getByRole('button', { name: 'Put theirs above mine' }).click();
    await save(second);
    await section(first, 'Lessons learned').getByText('Bea’s lesson').waitFor();
    await section(first, 'Lessons learned').getByText('The first lesson').waitFor();
    await section(first, 'Lessons learned').getByText('Edited by Bea').waitFor();
    await Promise.all([first, second].map((page) => page.context().close()));
  });

  test('who writes sees at once that somebody else has saved, and can go on with their own', async () => {
    const path = await documentOf('Early warning');
    const first = await pages.open(path);
    const second = await asBea(path);
    await begin(second, 'Impact', 'From Bea');
    await begin(first, 'Impact', 'From the administrator');
    await save(first);
    const conflict = second.getByRole('alert').filter({ hasText: 'Administrator saved this section' });
    await conflict.getByText('From the administrator').waitFor();
    const { violations } = await new AxeBuilder({ page: second }).setLegacyMode().analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
    await conflict.getByRole('button', { name: 'Continue with mine' }).click();
    await save(second);
    await section(first, 'Impact').getByText('From Bea').waitFor();
    await first.getByRole('button', { name: 'History of “Impact”' }).click();
    await first.getByRole('dialog').locator('del', { hasText: 'From the administrator' }).waitFor();
    await Promise.all([first, second].map((page) => page.context().close()));
  });

  test('what is saved offline is kept and sent when the connection is back; a reload before it loses nothing', async () => {
    const path = await documentOf('Offline');
    const page = await pages.open(path);
    await begin(page, 'Root cause', 'Written in a tunnel');
    await page.context().setOffline(true);
    await save(page);
    await section(page, 'Root cause').getByText('Not saved yet: the server cannot be reached.').waitFor();
    await editorOf(page, 'Root cause').fill('Written in a long tunnel');
    await page.context().setOffline(false);
    await section(page, 'Root cause').getByText('Edited by Administrator').waitFor();
    await section(page, 'Root cause').locator('p', { hasText: 'Written in a long tunnel' }).waitFor();

    await begin(page, 'Corrective actions', 'Half a thou');
    await page.reload();
    await expect.poll(() => editorOf(page, 'Corrective actions').inputValue()).toBe('Half a thou');
    await section(page, 'Corrective actions').getByText('Not saved yet. Your text is kept in this browser.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog', { name: 'Discard your changes?' }).getByRole('button', { name: 'Discard' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Edit “Corrective actions”' }).waitFor();
    await page.context().close();
  });

  test('shows what people wrote without running any of it, and gives all of it as Markdown', async () => {
    const path = await documentOf('Safe');
    const page = await pages.open(path);
    const text =
      '# Big\n\n<img src=x onerror="window.owned=1"> ![pixel](https://tracker.example.com/a.png) [x](javascript:window.owned=1) [ok](https://example.com/)\n\n- [x] done';
    await begin(page, 'Root cause', text);
    await save(page);
    const shown = section(page, 'Root cause');
    await shown.getByRole('heading', { name: 'Big', level: 3 }).waitFor();
    await shown.getByRole('link', { name: 'ok' }).waitFor();
    expect(await shown.locator('img').count()).toBe(0);
    expect(await shown.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual([
      'https://tracker.example.com/a.png',
      'https://example.com/',
    ]);
    expect(await page.evaluate('window.owned')).toBeUndefined();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download Markdown' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^INC-[A-Z0-9]{6}\.md$/);
    const markdown = await readFile(await download.path(), 'utf8');
    expect(markdown).toContain(`## Root cause\n\n${text}\n\n## Corrective actions`);
    expect(markdown).toContain('| Service | checkout |');
    await page.context().close();
  });
});
