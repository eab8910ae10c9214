import { AxeBuilder } from '@axe-core/playwright';
import type { CDPSession, Page, Worker } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPushService, pushService, subscribe, type Arrived, type PushService } from '../connectors/emulators/push/push-service.ts';
import { startVendorServer, type VendorServer } from '../connectors/emulators/vendor-server.ts';
import { hasBrowser, hasPages, incidentTitled, phone, startPages, type PagesUnderTest } from './browser.ts';

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly silent: boolean;
  readonly requireInteraction: boolean;
  readonly actions: readonly { readonly action: string; readonly title: string }[];
}

/** The browser's own push service is a vendor's: the emulator takes its place, and what it got is handed to the service worker. */
describe.skipIf(!hasBrowser || !hasPages)("a phone that takes push messages (needs Debian's chromium and built pages)", () => {
  let pages: PagesUnderTest;
  let service: PushService;
  let http: VendorServer;

  beforeAll(async () => {
    service = newPushService();
    let url = '';
    http = await startVendorServer(pushService(service, () => url));
    ({ url } = http);
    pages = await startPages();
  }, 120_000);
  afterAll(async () => {
    await pages?.close();
    await http?.close();
  });

  async function openProfile(): Promise<Page> {
    const page = await pages.open('/sign-in', { viewport: phone });
    await page.context().grantPermissions(['notifications']);
    await page.exposeFunction('subscribeAtService', (key: string) => subscribe(service, http.url, key).browser.subscription);
    await page.addInitScript(`
      const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      const kept = () => JSON.parse(localStorage.getItem('subscription') ?? 'null');
      const asSubscription = (json, key) => json && {
        options: { applicationServerKey: key.buffer }, toJSON: () => json, unsubscribe: async () => { localStorage.removeItem('subscription'); return true; },
      };
      let key = null;
      PushManager.prototype.getSubscription = async () => asSubscription(kept(), key);
      PushManager.prototype.subscribe = async (options) => {
        key = options.applicationServerKey;
        const json = await window.subscribeAtService(base64url(key));
        localStorage.setItem('subscription', JSON.stringify(json));
        return asSubscription(json, key);
      };`);
    await page.goto(`${pages.up.url}/dashboard/profile/`);
    await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor();
    return page;
  }

  async function serviceWorker(page: Page): Promise<Worker> {
    const [running] = page.context().serviceWorkers();
    return running ?? page.context().waitForEvent('serviceworker');
  }

  /** As the browser does when its push service brings a message. */
  async function bring(page: Page, { message }: Arrived): Promise<void> {
    const devtools: CDPSession = await page.context().newCDPSession(page);
    const registered = new Promise<string>((resolve) => {
      devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        if (registrations[0] !== undefined) resolve(registrations[0].registrationId);
      });
    });
    await devtools.send('ServiceWorker.enable');
    const origin = new URL(pages.up.url).origin;
    await devtools.send('ServiceWorker.deliverPushMessage', { origin, registrationId: await registered, data: JSON.stringify(message) });
    await devtools.detach();
  }

  const shown = (page: Page): Promise<Shown[]> =>
    page.evaluate<Shown[]>(`navigator.serviceWorker.ready.then((registration) => registration.getNotifications()).then((all) =>
      all.map(({ title, body, silent, requireInteraction, actions }) => ({ title, body, silent, requireInteraction, actions: actions.map(({ action, title }) => ({ action, title })) })))`);

  const press = async (page: Page, title: string, action: string): Promise<void> =>
    (await serviceWorker(page)).evaluate<void>(`registration.getNotifications().then((all) => {
      const notification = all.find(({ title }) => title.includes(${JSON.stringify(title)}));
      self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action: ${JSON.stringify(action)} }));
    })`);

  test('is added in a minute, rings with a button, and is told quietly that somebody has it', async () => {
    const page = await openProfile();
    await page.getByLabel('Contact address').fill('ops@example.com');
    await page.getByRole('button', { name: 'Turn on push notifications' }).click();
    await page.getByRole('button', { name: 'Add this device' }).click();
    await page.getByText('(this device)').waitFor();
    await page.getByRole('button', { name: 'Send a test to Chrome, Linux' }).click();
    await page.getByRole('status').getByText('Sent.').waitFor();
    const device = service.subscribers.at(-1)!;
    expect(device.arrived.at(-1)?.message.title).toMatch(/Test Notification$/);
    await bring(page, device.arrived.at(-1)!);
    await expect.poll(async () => (await shown(page)).map(({ title }) => title)).toEqual([expect.stringMatching(/Test Notification$/)]);

    const { id: me } = await pages.api<{ id: string }>('GET', '/api/v1/me/');
    const policy = await pages.api<{ id: string }>('POST', '/api/v1/escalation-policies/', {
      name: 'Phone',
      levels: [{ targets: [{ type: 'user', id: me }], delay_seconds: 3600 }],
      fallback: [{ type: 'user', id: me }],
    });
    await pages.api('POST', '/api/v1/services/', { name: 'phone-prod', escalation_policy: policy.id });
    const before = device.arrived.length;
    await pages.alert({ title: 'Phones are down', service: 'phone-prod', severity: 'SEV1_CRITICAL' });
    await expect.poll(() => device.arrived.length, { timeout: 20_000 }).toBeGreaterThan(before);
    const rang = device.arrived.at(-1)!;
    expect(rang).toMatchObject({ urgency: 'high', message: { title: '🔴 SEV1 Critical: Phones are down', sounds: true, stays: true } });
    await bring(page, rang);
    const ringing = async () => (await shown(page)).filter(({ title }) => title.includes('Phones are down'));
    await expect.poll(ringing).toEqual([
      expect.objectContaining({
        silent: false,
        requireInteraction: true,
        actions: [{ action: 'acknowledge', title: 'Acknowledge' }],
      }),
    ]);

    await press(page, 'Phones are down', 'acknowledge');
    const { id } = await incidentTitled(pages, 'Phones are down');
    await expect
      .poll(async () => (await pages.api<{ status: string }>('GET', `/api/v1/incidents/${id}/`)).status, { timeout: 20_000 })
      .toBe('ACKNOWLEDGED');
    await expect.poll(() => device.arrived.at(-1)?.message.title, { timeout: 20_000 }).toMatch(/^Acknowledged by Administrator: /);
    await bring(page, device.arrived.at(-1)!);
    await expect
      .poll(async () => (await shown(page)).filter(({ title }) => title.startsWith('Acknowledged by')))
      .toEqual([expect.objectContaining({ silent: true, requireInteraction: false, actions: [] })]);
    expect(await ringing()).toHaveLength(1);
    await page.context().close();
  }, 90_000);

  test('says that a press could not be sent, and keeps the button', async () => {
    const page = await openProfile();
    await page.getByRole('button', { name: /Add this device/ }).waitFor();
    const message = {
      act: 'a-1',
      title: '🔴 SEV1 Critical: Nobody answers',
      body: '',
      tag: 'one',
      lang: 'en',
      at: Date.now(),
      url: `${pages.up.url}/dashboard/`,
      sounds: true,
      stays: true,
      actions: [{ act: 'acknowledge', title: 'Acknowledge', url: 'http://127.0.0.1:9/a/x' }],
      unsent: 'Not sent: there is no connection. Press again, or tap to open.',
    };
    await bring(page, { message, ttl: 60, urgency: 'high', topic: 'one' });
    await expect.poll(() => shown(page)).toHaveLength(1);
    await press(page, 'Nobody answers', 'acknowledge');
    await expect
      .poll(() => shown(page))
      .toEqual([
        expect.objectContaining({
          title: '🔴 SEV1 Critical: Nobody answers',
          body: message.unsent,
          requireInteraction: true,
          actions: [{ action: 'acknowledge', title: 'Acknowledge' }],
        }),
      ]);
    await page.context().close();
  });

  test('shows something for whatever comes, and no page without a connection', async () => {
    const page = await openProfile();
    await serviceWorker(page);
    await page.evaluate('navigator.serviceWorker.ready');
    await page.context().setOffline(true);
    await page.goto(`${pages.up.url}/dashboard/incidents/`).catch(() => undefined);
    await page.getByRole('heading', { name: 'No connection' }).waitFor();
    await page.context().setOffline(false);
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.context().close();
  });

  test('is removed from its page, and says what push cannot do', async () => {
    const page = await openProfile();
    await page.getByText(/does not override silent mode/).waitFor();
    await page.getByRole('button', { name: /^Remove Chrome, Linux/ }).click();
    await expect.poll(() => page.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
    expect((await pages.api<{ devices: unknown[] }>('GET', '/api/v1/me/devices')).devices).toEqual([]);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(['wcag2a', 'wcag2aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.context().close();
  });
});
