import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { startUp, type Up } from '../support/imas.ts';

const chromiumPath = '/usr/bin/chromium';
/** Debian's package `chromium`; without it the tests of the pages are skipped by name. */
export const hasBrowser = existsSync(chromiumPath);
export const hasPages = existsSync(fileURLToPath(new URL('../../dist/ui/index.html', import.meta.url)));

export const phone = { width: 390, height: 844 } as const;
export const desktop = { width: 1440, height: 900 } as const;

export interface OpenOptions extends BrowserContextOptions {
  readonly signedIn?: boolean;
}

/** The whole house on this machine, and a browser before it. */
export interface PagesUnderTest {
  readonly up: Up;
  readonly browser: Browser;
  readonly password: string;
  /** The administrator's, for the API. */
  readonly token: string;
  /** A browser window of its own: another person, another session. */
  open(path: string, options?: OpenOptions): Promise<Page>;
  alert(alert: Readonly<Record<string, string>>): Promise<void>;
  /** As the administrator, by the API. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

/** @param settings beside a data folder, any port, and the sample data */
export async function startPages(settings: Readonly<Record<string, string>> = {}): Promise<PagesUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'imas-pages-'));
  await chmod(dataDir, 0o755);
  const [up, browser] = await Promise.all([
    // Whoever tests pages opens more incidents a minute than a person is told of one by one.
    startUp({ IMAS_DATA_DIR: dataDir, PORT: '0', IMAS_DEMO: '1', IMAS_DIGEST_AFTER: '0', ...settings }),
    chromium.launch({
      executablePath: chromiumPath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-dev-shm-usage',
      ],
    }),
  ]);
  const password = up.admin.password ?? '';
  const { token } = await post<{ token: string }>(`${up.url}/api/auth/token/`, { username: 'admin', password });
  let state: Awaited<ReturnType<BrowserContext['storageState']>> | undefined;

  async function signedInState() {
    if (state !== undefined) return state;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${up.url}/sign-in`);
    await signIn(page, 'admin', password);
    await page.waitForURL('**/dashboard/');
    state = await context.storageState();
    await context.close();
    return state;
  }

  return {
    up,
    browser,
    password,
    token,
    async open(path, { signedIn = true, ...options } = {}) {
      const context = await browser.newContext({
        viewport: desktop,
        locale: 'en-GB',
        timezoneId: 'Europe/Paris',
        reducedMotion: 'reduce',
        ...options,
        ...(signedIn ? { storageState: await signedInState() } : {}),
      });
      const page = await context.newPage();
      await page.goto(up.url + path);
      return page;
    },
    alert: async (alert) => void (await post(`${up.url}/api/v1/webhooks/generic/`, alert)),
    async api<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await fetch(up.url + path, {
        method,
        headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    async close() {
      await browser.close();
      up.child.kill('SIGTERM');
      await up.ended;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function signIn(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** The only incident with this title, waited for. */
export async function incidentTitled(pages: PagesUnderTest, title: string): Promise<{ id: string; short_id: string }> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    const list = await pages.api<{ results: { id: string; short_id: string; title: string }[] }>('GET', '/api/v1/incidents/?limit=100');
    const found = list.results.find((incident) => incident.title === title);
    if (found !== undefined) return found;
  }
  throw new Error(`no incident "${title}"`);
}
