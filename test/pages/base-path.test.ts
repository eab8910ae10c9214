import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../src/embedded/free-port.ts';
import { hasBrowser, hasPages, incidentTitled, signIn, startPages, type PagesUnderTest } from './browser.ts';

/** Everything that a person and a sender meet, where IMAS_BASE_URL has a path. */
describe.skipIf(!hasBrowser || !hasPages)("everything below /imas/ (needs Debian's chromium and built pages)", () => {
  let pages: PagesUnderTest;
  let root: string;
  beforeAll(async () => {
    const port = await freePort();
    root = `http://localhost:${port}`;
    pages = await startPages({ PORT: String(port), IMAS_BASE_URL: `${root}/imas/` });
  }, 120_000);
  afterAll(() => pages?.close());

  test('from the alert to the mail, its link, the sign-in, and an acknowledgement that the page hears of', async () => {
    expect(pages.up.url).toBe(`${root}/imas`);
    await pages.alert({ title: 'Below a path', service: 'redis-prod', severity: 'SEV1_CRITICAL' });
    const { short_id: id } = await incidentTitled(pages, 'Below a path');
    const link = `${root}/imas/dashboard/incidents/${id}/`;
    await expect
      .poll(async () => {
        const { results } = await pages.api<{ results: { text: string }[] }>('GET', `/api/v1/inbox/?search=${id}&channel=mail`);
        return results[0]?.text ?? '';
      })
      .toContain(link);

    const page = await pages.open('', { signedIn: false });
    const stray: string[] = [];
    page.on('request', (request) => {
      const { origin, pathname } = new URL(request.url());
      if (origin === root && !pathname.startsWith('/imas/')) stray.push(pathname);
    });
    const broken: string[] = [];
    page.on('response', (response) => {
      if (response.status() >= 400) broken.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(link);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page, 'admin', pages.password);
    await page.getByRole('heading', { name: 'Below a path' }).waitFor();
    expect(page.url()).toBe(link);
    const [cookie] = await page.context().cookies(link);
    expect(cookie).toMatchObject({ name: 'imas_session', path: '/imas/' });

    await page.getByText('Live', { exact: true }).waitFor();
    await pages.api('POST', `/api/v1/incidents/${id}/acknowledge/`, {});
    await page.getByText('Acknowledged', { exact: true }).first().waitFor();
    await page.getByRole('link', { name: 'Incidents' }).first().click();
    await page.getByRole('link', { name: /Below a path/ }).click();
    expect(page.url()).toBe(link);
    await page.reload();
    await page.getByRole('heading', { name: 'Below a path' }).waitFor();
    expect(stray).toEqual([]);
    expect(broken).toEqual([]);
    await page.context().close();
  });

  test('the API docs read and try the API there', async () => {
    const page = await pages.open('/api/docs/', { signedIn: false });
    await page.getByRole('heading', { name: /^IMAS/ }).waitFor();
    expect(await page.locator('select').first().innerText()).toContain(`${root}/imas`);
    await page.context().close();
  });

  test('every address that an answer names lies there', async () => {
    const at = (path: string) => fetch(root + path, { redirect: 'manual' });
    expect((await at('/imas')).headers.get('location')).toBe('/imas/');
    expect((await at('/imas/')).headers.get('location')).toBe('/imas/dashboard/');
    const list = await pages.api<{ results: { webhook_url: string }[] }>('GET', '/api/v1/alert-sources/');
    for (const { webhook_url: url } of list.results) expect(url).toMatch(new RegExp(`^${root}/imas/api/v1/webhooks/`));
    const { next } = await pages.api<{ next: string }>('GET', '/api/v1/services/?limit=1');
    expect(next).toMatch(new RegExp(`^${root}/imas/api/v1/services/`));
    const made = await fetch(`${pages.up.url}/api/v1/teams/`, {
      method: 'POST',
      headers: { authorization: `Token ${pages.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Below' }),
    });
    expect(made.headers.get('location')).toMatch(/^\/imas\/api\/v1\/teams\//);
  });

  test('a proxy that takes the path off is answered too, and so is who asks the process itself', async () => {
    expect((await fetch(`${root}/health/ready`)).status).toBe(200);
    expect(await (await fetch(`${root}/dashboard/`)).text()).toContain('src="/imas/assets/');
    const answer = await fetch(`${root}/api/v1/webhooks/generic/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Stripped', service: 'redis-prod' }),
    });
    expect(answer.status).toBe(202);
    // A path that only begins alike is another one.
    expect((await fetch(`${root}/imas-test/health/ready`)).status).toBe(404);
  });
});
