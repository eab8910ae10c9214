import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, hasPages, incidentTitled, phone, signIn, startPages, type PagesUnderTest } from './browser.ts';

describe.skipIf(!hasBrowser || !hasPages)("a responder (needs Debian's chromium and built pages)", () => {
  let pages: PagesUnderTest;
  beforeAll(async () => {
    pages = await startPages();
  }, 120_000);
  afterAll(() => pages?.close());

  test('who follows a deep link signs in and lands where the link led', async () => {
    await pages.alert({ title: 'Deep link', service: 'redis-prod', severity: 'SEV2_HIGH' });
    const { short_id } = await incidentTitled(pages, 'Deep link');
    const page = await pages.open(`/dashboard/incidents/${short_id}/?from=mail`, { signedIn: false });
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page, 'admin', 'not the password');
    await page.getByText('Incorrect username or password.').waitFor();
    await signIn(page, 'admin', pages.password);
    await page.getByRole('heading', { name: 'Deep link' }).waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`/dashboard/incidents/${short_id}/?from=mail`);
    await page.context().close();
  });

  test('a link that leads to another site after sign-in is not followed', async () => {
    const page = await pages.open('/sign-in?return_to=https%3A%2F%2Fevil.example%2F', { signedIn: false });
    await signIn(page, 'admin', pages.password);
    await page.waitForURL('**/dashboard/');
    expect(new URL(page.url()).origin).toBe(new URL(pages.up.url).origin);
    await page.context().close();
  });

  test('an alert appears on the open list by itself, the severest first, and in the tab’s title', async () => {
    const page = await pages.open('/dashboard/incidents/');
    await page.getByText('Live', { exact: true }).waitFor();
    await pages.alert({ title: 'Only slow', service: 'checkout', severity: 'SEV3_MEDIUM' });
    await pages.alert({ title: 'All is lost', service: 'checkout', severity: 'SEV1_CRITICAL' });
    await page.getByRole('link', { name: /All is lost/ }).waitFor({ timeout: 5_000 });
    await page.getByRole('link', { name: /Only slow/ }).waitFor({ timeout: 5_000 });
    const rows = await page.locator('ol > li').allInnerTexts();
    const at = (title: string): number => rows.findIndex((row) => row.includes(title));
    expect(at('All is lost')).toBeLessThan(at('Only slow'));
    expect(rows[at('All is lost')]).toContain('SEV1');
    await expect.poll(() => page.title()).toMatch(/^\(\d+\) Incidents/);
    await page.context().close();
  });

  test('a notification that is tried again says why, and what to do about it', async () => {
    const create = async (path: string, body: unknown): Promise<string> =>
      (await pages.api<{ id: string }>('POST', `/api/v1/${path}/`, body)).id;
    const config = { host: '127.0.0.1', port: 1, use_tls: false, from_email: 'imas@example.com' };
    const provider = await create('providers', { name: 'Closed mail', type: 'SMTP', config });
    const target = { type: 'provider', id: provider, address: 'ann@example.com' };
    // Nothing that the workflow writes tells of it: the ledger alone knows.
    const levels = [{ delay_seconds: 600, targets: [target] }];
    const policy = await create('escalation-policies', { name: 'Closed', levels, fallback: [target] });
    const service = await create('services', { name: 'closed', escalation_policy: policy });
    const incident = await create('incidents', { title: 'Nobody hears', service, severity: 'SEV3_MEDIUM' });
    const failure = async (): Promise<string | undefined> => {
      const path = `/api/v1/incidents/${incident}/explain/`;
      const { pages: explained } = await pages.api<{ pages: { outcome: string; detail: { code: string } | null }[] }>('GET', path);
      return explained.find(({ outcome }) => outcome === 'pending')?.detail?.code;
    };
    await expect.poll(failure, { timeout: 20_000 }).toBe('cause.refusedConnection');
    const page = await pages.open(`/dashboard/incidents/${incident}/`, { locale: 'fr-FR' });
    await page.getByText('Nouvelle tentative').waitFor();
    const [short] = (await page.title()).match(/INC-\w{6}/) ?? [];
    await page.goto(`${pages.up.url}/dashboard/incidents/${short}/`);
    const unreached = page.getByRole('status').filter({ hasText: 'ann@example.com n’a pas encore été notifié.' });
    await unreached
      .getByText(
        '127.0.0.1:1 a refusé la connexion (ECONNREFUSED). Vérifiez l’hôte, le port et TLS : 587 va avec use_tls, 465 avec use_ssl.',
      )
      .waitFor();
    // It goes on before one's eyes, without anybody looking again.
    const attempt = async (): Promise<number> => Number(/tentative (\d+)/i.exec(await unreached.innerText())?.[1] ?? 0);
    const before = await attempt();
    await expect.poll(attempt, { timeout: 40_000 }).toBeGreaterThan(before);
    await unreached.getByText(/Échec de la tentative \d+.*prochaine dans/).waitFor({ timeout: 40_000 });
    expect(await unreached.getByRole('timer').innerText()).toMatch(/^0:[0-3]\d$/);
    await page.context().close();
  });

  test('on a phone the next thing to press is at the bottom: acknowledge, then resolve', async () => {
    await pages.alert({
      title: 'Thumb',
      service: 'redis-prod',
      severity: 'SEV1_CRITICAL',
      runbook_url: 'https://runbooks.example.com/redis',
    });
    const { short_id } = await incidentTitled(pages, 'Thumb');
    const page = await pages.open(`/dashboard/incidents/${short_id}/`, { viewport: phone, hasTouch: true });
    const acknowledge = page.getByRole('button', { name: 'Acknowledge' });
    await acknowledge.waitFor();
    const box = await acknowledge.boundingBox();
    expect(box?.y).toBeGreaterThan(phone.height * 0.85);
    expect(box?.height).toBeGreaterThanOrEqual(48);
    await page.getByText('Unassigned').waitFor();
    await page.getByRole('timer').first().waitFor();
    expect(await page.getByRole('timer').first().innerText()).toMatch(/^\d+:\d\d$/);
    await acknowledge.tap();
    await page.getByText('Acknowledged', { exact: true }).first().waitFor();
    // What comes under the thumb takes no second press that was meant for what was there before.
    const thumb = { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
    await page.touchscreen.tap(thumb.x, thumb.y);
    const resolve = page.getByRole('button', { name: 'Resolve', exact: true });
    await resolve.tap();
    const question = page.getByRole('alertdialog', { name: 'One alert is still firing.' });
    await question.waitFor();
    await page.touchscreen.tap(thumb.x, thumb.y);
    await question.waitFor({ state: 'detached' });
    await page.getByText('Everyone will be notified again unless the incident is resolved').waitFor();
    await resolve.tap();
    await page.getByRole('button', { name: 'Resolve anyway' }).tap();
    await page
      .getByText(/One alert is still firing\. If it is received again after \d\d:\d\d:\d\d, the incident reopens and notifies Ann Arden\./)
      .waitFor();
    await page.getByText('1 alert still firing').first().waitFor();
    await page.getByRole('button', { name: 'Reopen' }).waitFor();
    await page.context().close();
  });

  test('the page says who was told, by what, and why', async () => {
    await pages.alert({ title: 'Who knows', service: 'redis-prod', severity: 'SEV2_HIGH' });
    const { short_id } = await incidentTitled(pages, 'Who knows');
    const page = await pages.open(`/dashboard/incidents/${short_id}/`);
    const told = page.getByRole('button', { name: /Ann Arden.*ann@example\.com/ });
    await told.first().waitFor();
    await told.first().click();
    await page.getByText('Ann Arden is on call').waitFor();
    await page
      .getByText(/policy "Platform" \(version 1\), round 1, level 1/)
      .first()
      .waitFor();
    await page.context().close();
  });

  test('two who act at once see each other; the slower one is told what has changed', async () => {
    await pages.alert({ title: 'Both at once', service: 'checkout', severity: 'SEV2_HIGH' });
    const { short_id } = await incidentTitled(pages, 'Both at once');
    const [first, second] = await Promise.all([
      pages.open(`/dashboard/incidents/${short_id}/`),
      pages.open(`/dashboard/incidents/${short_id}/`),
    ]);
    await Promise.all([first, second].map((page) => page.getByRole('button', { name: 'Acknowledge' }).waitFor()));
    await Promise.all([first, second].map((page) => page.getByText('Live', { exact: true }).waitFor()));
    // The second window hears nothing for a while: it acts on what it still shows.
    let holding = true;
    await second.route('**/api/v1/incidents/**', async (route) => {
      if (route.request().method() === 'GET' && holding) return;
      await route.continue();
    });
    await first.getByRole('button', { name: 'Acknowledge' }).click();
    await first.getByRole('button', { name: 'Resolve' }).waitFor();
    await second.getByRole('button', { name: 'Acknowledge' }).click();
    await second.getByText('The incident has changed').waitFor();
    await second.getByText('Already acknowledged by Administrator.').waitFor();
    holding = false;
    await second.unroute('**/api/v1/incidents/**');

    await first.getByLabel('Write a comment (@ mentions someone without notifying them)').fill('Looking at the pods of @adm');
    await first.getByRole('option', { name: /Administrator/ }).click();
    await first.getByRole('button', { name: 'Comment' }).click();
    await second.getByText('Looking at the pods of').waitFor({ timeout: 5_000 });
    expect(await second.getByTitle('Administrator').innerText()).toBe('@admin');
    await Promise.all([first.context().close(), second.context().close()]);
  });

  test('what an alert brings is shown as text, and a link that is a script is no link', async () => {
    await pages.alert({
      title: '<img src=x onerror=window.hacked=1>',
      service: 'redis-prod',
      severity: 'SEV3_MEDIUM',
      runbook_url: 'javascript:window.hacked=1',
    });
    const { short_id } = await incidentTitled(pages, '<img src=x onerror=window.hacked=1>');
    const page = await pages.open(`/dashboard/incidents/${short_id}/`);
    await page.getByRole('heading', { level: 1, name: '<img src=x onerror=window.hacked=1>' }).waitFor();
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    await page.getByRole('link', { name: 'Incident document' }).waitFor();
    await page.goto(`${page.url()}document/`);
    await page.getByText('<img src=x onerror=window.hacked=1>').first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
    await page.context().close();
  });

  test('the list is worked with the keyboard, and its filters stay in the address', async () => {
    await pages.alert({ title: 'Keyboard alone', service: 'checkout', severity: 'SEV4_LOW' });
    await incidentTitled(pages, 'Keyboard alone');
    const page = await pages.open('/dashboard/incidents/');
    await page.getByRole('link', { name: /Keyboard alone/ }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('keyboard');
    await page.waitForURL('**/incidents/?search=keyboard');
    await expect.poll(() => page.locator('ol > li').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await page.getByRole('link', { name: /Keyboard alone.*Acknowledged/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/INC-[A-Z0-9]{6}/);
    await page.goBack();
    await expect.poll(() => page.getByLabel('Search title or id').inputValue()).toBe('keyboard');
    await page.context().close();
  });

  test('an incident opened by hand shows first who will be told', async () => {
    const page = await pages.open('/dashboard/incidents/create/');
    await page.getByLabel('Title').fill('Opened by hand');
    await page.getByRole('combobox', { name: 'Service' }).click();
    await page.getByRole('option', { name: 'redis-prod' }).click();
    await page.getByText('Level 1, immediately').waitFor();
    await page
      .getByText(/ann@example\.com/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Create Incident' }).click();
    await page.getByRole('heading', { level: 1, name: 'Opened by hand' }).waitFor();
    await page.context().close();
  });

  test('a rule is made from an alert in two clicks, and says so at the next one', async () => {
    await pages.alert({ title: 'Ruled', service: 'nobody-knows-this', severity: 'SEV3_MEDIUM' });
    const page = await pages.open('/dashboard/alerts/?search=Ruled');
    await page.getByText('no match: routed to').waitFor();
    await page.getByRole('button', { name: /Ruled/ }).click();
    await page.getByRole('button', { name: 'Create a rule from this alert' }).click();
    await page.getByRole('button', { name: 'Create rule' }).click();
    await page.getByText('Rule created').waitFor();
    const rules = await pages.api<{ results: { name: string; conditions: unknown[] }[] }>('GET', '/api/v1/alert-rules/?search=Ruled');
    expect(rules.results).toMatchObject([{ name: 'generic: Ruled', conditions: [{ field: 'name', operator: 'equals', value: 'Ruled' }] }]);
    await page.context().close();
  });

  test('what was not understood is shown with the reason, and can be delivered again', async () => {
    const sent = await fetch(`${pages.up.url}/api/v1/webhooks/alertmanager/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"version":"4","alerts":[{"status":"burning"}]}',
    });
    expect(sent.status).toBe(422);
    const page = await pages.open('/dashboard/alerts/?view=rejected');
    await page.getByText('must be firing or resolved').waitFor();
    await page.getByText(/Fix alerts\[0\]\.status in what Prometheus Alertmanager sends\. Then dismiss this payload\./).waitFor();
    await page.getByText('Body as received').click();
    await page.getByText('"burning"').waitFor();
    await page.getByRole('button', { name: 'Redeliver' }).click();
    await page
      .getByRole('alert')
      .getByText(/alerts\[0\]\.status/)
      .waitFor();
    await page.context().close();
  });

  test('an alert that nobody routed is delivered again, and goes where the rule made since leads it', async () => {
    await pages.alert({ title: 'Astray', service: 'nobody-knows-this', severity: 'SEV3_MEDIUM' });
    const { short_id: left } = await incidentTitled(pages, 'Astray');
    const page = await pages.open('/dashboard/alerts/?search=Astray');
    await page.getByRole('button', { name: /Astray/ }).click();
    await page.getByRole('button', { name: 'Redeliver' }).click();
    await page.getByText('no change.').waitFor();
    const { results } = await pages.api<{ results: { id: string }[] }>('GET', '/api/v1/services/?search=checkout');
    const conditions = [{ field: 'name', operator: 'equals', value: 'Astray' }];
    await pages.api('POST', '/api/v1/alert-rules/', { name: 'Astray is of checkout', conditions, service: results[0]?.id });
    await page.getByRole('button', { name: 'Redeliver' }).click();
    const said = page.getByText(/moved from Unrouted alerts to checkout\. Opened INC-\w+ \(by rule “Astray is of checkout”\)/);
    await said.waitFor();
    await said.getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'Astray' }).waitFor();
    expect(page.url()).not.toContain(left);
    await page.goto(`${pages.up.url}/dashboard/incidents/${left}/`);
    await page.getByText(/The alert was redelivered with the current rules and now belongs to checkout/).waitFor();
    await page.getByText('Resolved', { exact: true }).first().waitFor({ timeout: 10_000 });
    await page.context().close();
  });

  test('permission to notify is asked for on a press alone; then a new SEV1 notifies and sounds, once', async () => {
    const page = await pages.open('/sign-in', { signedIn: true });
    await page.addInitScript(`
      window.asked = 0;
      window.noticed = [];
      window.Notification = class {
        static permission = 'default';
        static async requestPermission() { window.asked += 1; return (Notification.permission = 'granted'); }
        constructor(title, options) { window.noticed.push(title + ' | ' + options.body); }
      };
      window.heard = [];
      const { start } = AudioScheduledSourceNode.prototype;
      AudioScheduledSourceNode.prototype.start = function (at) {
        window.heard.push(this.frequency.value);
        return start.call(this, at);
      };
    `);
    await page.goto(`${pages.up.url}/dashboard/incidents/`);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.evaluate('window.asked')).toBe(0);
    await page.getByRole('button', { name: 'Notify me of new SEV1 incidents' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Notify me of new SEV1 incidents' }).count()).toBe(0);
    expect(await page.evaluate('window.asked')).toBe(1);
    await pages.alert({ title: 'Loud', service: 'checkout', severity: 'SEV1_CRITICAL' });
    await pages.alert({ title: 'Not so loud', service: 'checkout', severity: 'SEV2_HIGH' });
    await page.getByRole('link', { name: /Not so loud/ }).waitFor();
    await expect.poll(() => page.evaluate<string[]>('window.noticed')).toHaveLength(1);
    expect(await page.evaluate<string[]>('window.noticed')).toEqual([
      expect.stringMatching(/^INC-\w{6} Loud \| SEV1 · checkout\. Not acknowledged yet\.$/),
    ]);
    await expect.poll(() => page.evaluate<number[]>('window.heard')).toEqual([880, 660]);
    await page.context().close();
  });

  test('the inbox shows a mail as its recipient sees it, and lets no script of it run', async () => {
    await pages.alert({ title: 'To be mailed <script>top.hacked=1</script>', service: 'redis-prod', severity: 'SEV2_HIGH' });
    const page = await pages.open('/dashboard/inbox/');
    await page
      .getByRole('button', { name: /ann@example\.com.*To be mailed/ })
      .first()
      .click({ timeout: 15_000 });
    const mail = page.frameLocator('iframe');
    await mail.getByText('To be mailed <script>').first().waitFor();
    expect(await page.locator('iframe').getAttribute('sandbox')).not.toContain('allow-scripts');
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
    await page.context().close();
  });

  test('a failed action says why, and is done once when it is tried again', async () => {
    await pages.alert({ title: 'Cut off', service: 'checkout', severity: 'SEV3_MEDIUM' });
    const { short_id } = await incidentTitled(pages, 'Cut off');
    const page = await pages.open(`/dashboard/incidents/${short_id}/`);
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
    const keys: (string | undefined)[] = [];
    let cut = true;
    await page.route('**/acknowledge/', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (cut) await route.abort('connectionreset');
      else await route.continue();
    });
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('The action failed').waitFor();
    cut = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Resolve' }).waitFor();
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    await page.context().close();
  });

  test('a lost connection is said, and the page goes on by itself', async () => {
    const page = await pages.open('/dashboard/incidents/');
    await page.getByText('Live', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByText(/You are offline, so what you see may be out of date/).waitFor({ timeout: 10_000 });
    await pages.alert({ title: 'While you were away', service: 'redis-prod', severity: 'SEV2_HIGH' });
    await page.context().setOffline(false);
    await page.getByRole('link', { name: /While you were away/ }).waitFor({ timeout: 10_000 });
    await expect.poll(() => page.getByText(/No connection/).count()).toBe(0);
    await page.context().close();
  });
});
