import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, hasPages, incidentTitled, phone, startPages, type PagesUnderTest } from './browser.ts';

describe.skipIf(!hasBrowser || !hasPages)("what a responder sees and does (needs Debian's chromium and built pages)", () => {
  let pages: PagesUnderTest;
  beforeAll(async () => {
    pages = await startPages();
  }, 120_000);
  afterAll(() => pages?.close());

  const opened = async (title: string, more: Record<string, string> = {}): Promise<string> => {
    await pages.alert({ title, service: 'redis-prod', severity: 'SEV3_MEDIUM', ...more });
    return (await incidentTitled(pages, title)).short_id;
  };

  test('whoever an incident is given to is notified, and the page says so', async () => {
    const short = await opened('For Bob');
    const page = await pages.open(`/dashboard/incidents/${short}/`);
    await page.getByText('A new assignee is notified.').waitFor();
    await page.getByRole('combobox', { name: 'Assignee' }).click();
    await page.getByRole('option', { name: /Bob/ }).click();
    const told = page.getByRole('button', { name: /^Bob .*bob@example\.com.*Sent/ });
    await told.first().waitFor({ timeout: 15_000 });
    await told.first().click();
    await page.getByText('assigned by Administrator').first().waitFor();
    await page.context().close();
  });

  test('raising the severity says first whom it notifies; whoever has the incident just raises it', async () => {
    const short = await opened('Worse than it looked');
    const page = await pages.open(`/dashboard/incidents/${short}/`);
    const raise = async (): Promise<void> => {
      await page.getByRole('combobox', { name: 'Severity' }).click();
      await page.getByRole('option', { name: /SEV1/ }).click();
    };
    await raise();
    await page.getByText('Raising the severity notifies people again: Ann Arden.').waitFor();
    await page.getByRole('button', { name: 'Keep severity' }).click();
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('button', { name: 'Resolve' }).waitFor();
    await expect.poll(() => page.getByText('Acknowledged', { exact: true }).count()).toBeGreaterThan(1);
    await raise();
    await page.getByText('Severity changed from SEV3 (Medium) to SEV1 (Critical) by Administrator').waitFor();
    await page.getByRole('button', { name: 'Resolve' }).waitFor();
    const { status } = await pages.api<{ status: string }>('GET', `/api/v1/incidents/${short}/`);
    expect(status).toBe('ACKNOWLEDGED');
    await page.context().close();
  });

  test('what nobody has acknowledged comes first, is counted on top, and can be shown alone', async () => {
    const held = await opened('Held and critical', { severity: 'SEV1_CRITICAL' });
    await pages.api('POST', `/api/v1/incidents/${held}/acknowledge/`, {});
    await opened('Waiting and low', { severity: 'SEV4_LOW' });
    const page = await pages.open('/dashboard/incidents/');
    await page.getByRole('link', { name: /Waiting and low/ }).waitFor();
    await page.getByRole('link', { name: /Held and critical.*Acknowledged/ }).waitFor();
    const rows = await page.locator('ol > li').allInnerTexts();
    const at = (title: string): number => rows.findIndex((row) => row.includes(title));
    expect(at('Waiting and low')).toBeLessThan(at('Held and critical'));
    await page.getByRole('link', { name: /^\d+ not acknowledged$/ }).click();
    await page.waitForURL('**/incidents/?unacknowledged=1');
    await expect.poll(() => page.getByRole('link', { name: /Held and critical/ }).count()).toBe(0);
    await page.getByRole('link', { name: /Waiting and low/ }).waitFor();
    await page.context().close();
  });

  test('several are acknowledged from the list by touch', async () => {
    const shorts = [await opened('First by touch'), await opened('Second by touch')];
    const page = await pages.open('/dashboard/incidents/?search=touch', { viewport: phone, hasTouch: true, isMobile: true });
    for (const short of shorts) await page.getByRole('checkbox', { name: `Select ${short}` }).tap();
    await page.getByRole('button', { name: 'Acknowledge 2' }).tap();
    await page.getByRole('link', { name: /First by touch.*Acknowledged/ }).waitFor();
    await page.getByRole('link', { name: /Second by touch.*Acknowledged.*Administrator/ }).waitFor();
    await page.context().close();
  });

  test('the row that was left has the focus after Back, and `a` acknowledges on the incident too', async () => {
    const short = await opened('There and back');
    const page = await pages.open('/dashboard/incidents/?search=there');
    await page.getByRole('link', { name: /There and back/ }).click();
    await page.getByRole('heading', { level: 1, name: 'There and back' }).waitFor();
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Resolve' }).waitFor();
    await page.goBack();
    await expect.poll(() => page.evaluate<string>('document.activeElement?.id ?? ""')).toBe(`row-${short}`);
    await page.context().close();
  });

  test('what is pressed offline says that it is not sent yet, and is sent when the network is back', async () => {
    const short = await opened('In the lift');
    const page = await pages.open(`/dashboard/incidents/${short}/`, { viewport: phone, hasTouch: true });
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Acknowledge' }).tap();
    const notice = page.getByText(`Not sent yet: acknowledge (${short})`);
    await notice.waitFor();
    // It lies neither over the id nor over the button.
    const [id, said] = [await page.getByText(short, { exact: true }).first().boundingBox(), await notice.boundingBox()];
    expect(said?.y).toBeGreaterThan((id?.y ?? 0) + (id?.height ?? 0));
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Resolve' }).waitFor({ timeout: 15_000 });
    await expect.poll(() => notice.count()).toBe(0);
    await page.context().close();
  });

  test('a long title is three lines, and eight labels are shown of many', async () => {
    const title = `Long ${'and longer still, with every host of every zone named one by one '.repeat(6)}`.trim();
    const labels = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`label_${n}`, `value ${n}`]));
    await fetch(`${pages.up.url}/api/v1/webhooks/generic/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title, service: 'redis-prod', severity: 'SEV3_MEDIUM', labels }),
    });
    const { short_id } = await incidentTitled(pages, title);
    const page = await pages.open(`/dashboard/incidents/${short_id}/`, { viewport: phone });
    const heading = page.getByRole('heading', { level: 1 });
    await heading.waitFor();
    expect((await heading.boundingBox())?.height).toBeLessThan(110);
    await page.getByRole('button', { name: 'Show more' }).first().click();
    await expect.poll(async () => (await heading.boundingBox())?.height ?? 0).toBeGreaterThan(150);
    expect(await page.getByText('value 11').count()).toBe(0);
    await page.getByRole('button', { name: /^\d+ more$/ }).click();
    await page.getByText('value 11').waitFor();
    await page.context().close();
  });

  test('on a phone everything that is pressed is 44 px high', async () => {
    const short = await opened('For thumbs', { runbook_url: 'https://runbooks.example.com/redis' });
    for (const path of [
      '/dashboard/',
      '/dashboard/incidents/',
      `/dashboard/incidents/${short}/`,
      `/dashboard/incidents/${short}/document/`,
      '/dashboard/incidents/create/',
      '/dashboard/alerts/',
    ]) {
      const page = await pages.open(path, { viewport: phone, hasTouch: true, isMobile: true });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => page.locator('.mantine-Skeleton-root').count()).toBe(0);
      expect(await tooSmall(page), path).toEqual([]);
      await page.context().close();
    }
  });

  test('comments are Markdown, without HTML and images', async () => {
    const short = await opened('Commented');
    const text = '**Failing over** to `replica-2`:\n- <b>not bold</b>\n\n![pixel](https://evil.example/pixel.png) @admin';
    await pages.api('POST', `/api/v1/incidents/${short}/comments/`, { text });
    const page = await pages.open(`/dashboard/incidents/${short}/`);
    const comment = page.getByRole('log').locator('li', { hasText: 'Failing over' }).first();
    await comment.locator('strong', { hasText: 'Failing over' }).waitFor();
    expect(await comment.locator('code').innerText()).toBe('replica-2');
    await comment.getByText('<b>not bold</b>').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await comment.getByTitle('Administrator').innerText()).toBe('@admin');
    await page.context().close();
  });

  test('a rule that was made can be seen and undone, and one that another comes before says so', async () => {
    await pages.alert({ title: 'Ruled twice', service: 'nobody-knows-this', severity: 'SEV3_MEDIUM' });
    await incidentTitled(pages, 'Ruled twice');
    const page = await pages.open('/dashboard/alerts/?search=Ruled');
    await page.getByRole('button', { name: /Ruled twice/ }).click();
    const make = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Create a rule from this alert' }).click();
      await page.getByRole('button', { name: 'Create rule' }).waitFor();
    };
    await make();
    await page.getByRole('button', { name: 'Create rule' }).click();
    await page.getByText('Rule created').waitFor();
    await make();
    await page.getByText('The rule “generic: Ruled twice” is tried first and already catches this alert').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Rule deleted').waitFor();
    await expect.poll(() => page.getByRole('note').count()).toBe(0);
    await page.getByRole('button', { name: 'Create rule' }).click();
    await page.getByRole('link', { name: 'View rules' }).click();
    await page.getByText('generic: Ruled twice').first().waitFor();
    await page.getByText('name is “Ruled twice”').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No alert rules').waitFor();
    await page.context().close();
  });

  test('a rejected payload names its source and field and what to do, and can be dismissed', async () => {
    await fetch(`${pages.up.url}/api/v1/webhooks/alertmanager/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"version":"4","alerts":[{"status":"smouldering"}]}',
    });
    const page = await pages.open('/dashboard/alerts/?view=rejected');
    await page.getByText(/Fix alerts\[0\]\.status in what .*Alertmanager.* sends/).waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('No rejected payloads').waitFor();
    await page.context().close();
  });

  test('an incident that nobody routed is moved to a service from its page', async () => {
    const short = await opened('Nobody’s', { service: 'nobody-knows-this' });
    const page = await pages.open(`/dashboard/incidents/${short}/`);
    await page.getByRole('combobox', { name: 'Move to a service' }).click();
    await page.getByRole('option', { name: 'checkout' }).click();
    await page.getByRole('button', { name: 'Create rule and move' }).click();
    await page.waitForURL((url) => /INC-\w{6}/.test(url.pathname) && !url.pathname.includes(short));
    await page.getByText('checkout', { exact: true }).first().waitFor();
    await page.context().close();
  });
});

/** What can be pressed and is lower than a thumb needs; links within a text are as high as the text. */
const tooSmall = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`
    [...document.querySelectorAll('button, a, summary, input, select, textarea, [role=button]')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('p, .sr-only, [hidden]'))
      .map((element) => [element.closest('label') ?? element])
      .map(([element]) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && box.height > 1 && box.height < 43.5)
      .map(({ element, box }) => element.tagName + ' ' + (element.textContent || element.getAttribute('aria-label')).slice(0, 40) + ' ' + Math.round(box.height))`);
