import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { desktop, incidentTitled, startPages, type PagesUnderTest } from '../test/pages/browser.ts';
import { listRestMs, paced } from '../ui/src/live/paced.ts';
import { percentile, round } from './figures.ts';
import { reportRun, type Checked } from './report.ts';

export interface PagesBenchOptions {
  /** Cold visits of each page, and alerts that are followed to the screen. */
  readonly rounds: number;
  /** Open incidents on the list. */
  readonly incidents: number;
}

interface Spread {
  readonly p50: number;
  readonly p90: number;
  readonly longest: number;
}

interface FirstView {
  /** From the start of the navigation until the heading is painted, with an empty cache. */
  readonly headingMs: Spread;
  /** Of all scripts that the view loaded, as they came over the wire. */
  readonly scriptKib: number;
}

export interface PagesFigures extends Checked {
  readonly rounds: number;
  readonly home: FirstView;
  readonly list: FirstView;
  readonly incident: FirstView;
  /** From the sender's 202 until the incident's row is painted on an open list. */
  readonly rowMs: RowsToScreen;
  /** From the answer to a comment until it is painted on the incident's open timeline. */
  readonly entryMs: EntriesToScreen;
}

interface EntriesToScreen {
  /** One at a time, with a pause. */
  readonly lone: Spread;
  /** One every 150 ms, waiting for none. */
  readonly burst: Spread;
}

interface RowsToScreen extends EntriesToScreen {
  /** The burst again, while 50 others have the same list before them. */
  readonly with50Viewers: Spread & {
    /** Of one core, by the process that serves pages, API and intake. */
    readonly apiCpuShare: number;
    /** Reads of the 50. */
    readonly readsASecond: number;
  };
}

/** How soon a responder sees something, in a real Chromium on this machine, against everything on this machine. */
export async function runPagesBench({ rounds, incidents }: PagesBenchOptions): Promise<PagesFigures> {
  const pages = await startPages();
  try {
    for (let n = 0; n < incidents; n++) {
      await pages.alert({
        title: `Queue ${n} grows`,
        service: ['redis-prod', 'checkout', 'search'][n % 3] as string,
        severity: `SEV${(n % 4) + 1}`,
      });
    }
    const { short_id } = await incidentTitled(pages, 'Queue 0 grows');
    const home = await firstViews(pages, '/dashboard/', rounds);
    const list = await firstViews(pages, '/dashboard/incidents/', rounds);
    const incident = await firstViews(pages, `/dashboard/incidents/${short_id}/`, rounds);
    const rowMs = await rowsToScreen(pages, rounds);
    const entryMs = await entriesToScreen(pages, short_id, rounds);
    return { rounds, home, list, incident, rowMs, entryMs, failures: [] };
  } finally {
    await pages.close();
  }
}

/** Notes the frame in which the heading is there. */
const watchHeading = `
  window.headingMs = new Promise((resolve) => {
    const look = () => {
      const heading = document.querySelector('h1');
      if (heading !== null && heading.getClientRects().length > 0) requestAnimationFrame(() => resolve(performance.now()));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
`;

async function firstViews(pages: PagesUnderTest, path: string, rounds: number): Promise<FirstView> {
  const headings: number[] = [];
  let scriptKib = 0;
  // The first visit warms the server and counts for nothing.
  for (let visit = 0; visit <= rounds; visit++) {
    const page = await pages.open('/favicon.svg', { viewport: desktop });
    await page.addInitScript(watchHeading);
    await page.goto(pages.up.url + path);
    const headingMs = await page.evaluate<number>('window.headingMs');
    if (visit > 0) headings.push(headingMs);
    scriptKib = await scriptsOf(page);
    await page.context().close();
  }
  return { headingMs: spread(headings), scriptKib };
}

async function scriptsOf(page: Page): Promise<number> {
  await page.waitForLoadState('networkidle').catch(() => undefined);
  const bytes = await page.evaluate<number>(
    `performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('.js')).reduce((sum, entry) => sum + entry.transferSize, 0)`,
  );
  return round(bytes / 1024);
}

/** Notes when a text is first painted inside `selector`; ask for it before it can be there. */
const painted = (page: Page, selector: string, text: string): Promise<number> =>
  page.evaluate<number>(
    `new Promise((resolve) => {
      const look = () => {
        if ([...document.querySelectorAll(${JSON.stringify(selector)})].some((row) => row.textContent.includes(${JSON.stringify(text)})))
          requestAnimationFrame(() => resolve(Date.now()));
        else requestAnimationFrame(look);
      };
      look();
    })`,
  );

interface Appearing {
  readonly selector: string;
  readonly rounds: number;
  /** How long after one has begun the next begins, milliseconds; however long the first takes to appear. */
  readonly everyMs: number;
  /** Resolves when it is accepted. */
  readonly send: (text: string) => Promise<unknown>;
}

/** From the answer to each sending until it is painted. The first counts for nothing. */
async function appearing(page: Page, what: string, { selector, rounds, everyMs, send }: Appearing): Promise<Spread> {
  const one = async (text: string): Promise<number> => {
    const shownAt = painted(page, selector, text);
    await send(text);
    const acceptedAt = Date.now();
    return (await shownAt) - acceptedAt;
  };
  await one(`${what}, the first of all`);
  const all: Promise<number>[] = [];
  for (let n = 0; n < rounds; n++) {
    await delay(everyMs);
    all.push(one(`${what} ${n}.`));
  }
  return spread(await Promise.all(all));
}

const loneMs = 1_500;
const burstMs = 150;

async function rowsToScreen(pages: PagesUnderTest, rounds: number): Promise<RowsToScreen> {
  // Newest first, so that each new row is among the fifty that are shown.
  const page = await pages.open('/dashboard/incidents/?status=all');
  await page.getByText('Live', { exact: true }).waitFor();
  const send = (title: string): Promise<void> => pages.alert({ title, service: 'checkout', severity: 'SEV1_CRITICAL' });
  const rows = { selector: 'ol a', rounds, send };
  const lone = await appearing(page, 'Alone', { ...rows, everyMs: loneMs });
  const burst = await appearing(page, 'In a burst', { ...rows, everyMs: burstMs });
  const viewers = await startViewers(pages, 50);
  const api = apiOf(pages);
  const [cpuBefore, beganAtMs, askedBefore] = [cpuSecondsOf(api), Date.now(), viewers.asked()];
  const watched = await appearing(page, 'Seen by many', { ...rows, everyMs: burstMs });
  const seconds = (Date.now() - beganAtMs) / 1000;
  const cpu = {
    apiCpuShare: round((cpuSecondsOf(api) - cpuBefore) / seconds, 2),
    readsASecond: round((viewers.asked() - askedBefore) / seconds),
  };
  viewers.stop();
  await page.context().close();
  return { lone, burst, with50Viewers: { ...watched, ...cpu } };
}

async function entriesToScreen(pages: PagesUnderTest, shortId: string, rounds: number): Promise<EntriesToScreen> {
  const page = await pages.open(`/dashboard/incidents/${shortId}/`);
  await page.getByText('Live', { exact: true }).waitFor();
  const send = (text: string): Promise<unknown> => pages.api('POST', `/api/v1/incidents/${shortId}/comments/`, { text });
  const entries = { selector: '[role=log] li', rounds, send };
  const lone = await appearing(page, 'A word', { ...entries, everyMs: loneMs });
  const burst = await appearing(page, 'Another word', { ...entries, everyMs: burstMs });
  await page.context().close();
  return { lone, burst };
}

interface Viewers {
  /** Reads so far. */
  asked(): number;
  stop(): void;
}

/** Others who have the list before them: each follows the events and reads what its page would read, at its page's pace. */
async function startViewers(pages: PagesUnderTest, count: number): Promise<Viewers> {
  const stop = new AbortController();
  let asked = 0;
  const read = async (query: string, headers: Record<string, string>): Promise<void> => {
    asked += 1;
    const answer = await fetch(`${pages.up.url}/api/v1/incidents/?${query}`, { headers, signal: stop.signal });
    await answer.arrayBuffer();
  };
  for (let n = 0; n < count; n++) {
    const headers = { authorization: `Token ${await viewerToken(pages, `viewer-${n}`)}` };
    const refresh = paced(
      () => Promise.all([read('limit=50', headers), read('status=TRIGGERED,ACKNOWLEDGED&ordering=urgency&limit=20', headers)]),
      listRestMs,
    );
    const events = await fetch(`${pages.up.url}/api/v1/events/`, { headers, signal: stop.signal });
    const follow = async (): Promise<void> => {
      for await (const chunk of events.body ?? []) if (Buffer.from(chunk).includes('event: change')) refresh();
    };
    follow().catch(() => undefined);
  }
  return { asked: () => asked, stop: () => stop.abort() };
}

/** Of a person of its own: one person may have twenty streams. */
async function viewerToken(pages: PagesUnderTest, username: string): Promise<string> {
  const password = randomUUID();
  await pages.api('POST', '/api/v1/users/', { username, password });
  const answer = await fetch(`${pages.up.url}/api/auth/token/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  return ((await answer.json()) as { token: string }).token;
}

/** The process that serves pages and API. */
function apiOf({ up }: PagesUnderTest): number {
  const children = readFileSync(`/proc/${up.child.pid}/task/${up.child.pid}/children`, 'utf8').trim().split(' ');
  const api = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('api'));
  return Number(api);
}

/** User and system time; the kernel counts in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const spread = (ms: readonly number[]): Spread => ({
  p50: round(percentile(ms, 0.5)),
  p90: round(percentile(ms, 0.9)),
  longest: round(percentile(ms, 1)),
});

if (import.meta.main) {
  const quick = process.argv.includes('--quick');
  await reportRun('pages', () => runPagesBench({ rounds: quick ? 5 : 20, incidents: 40 }));
}
