import type { Page } from 'playwright-core';
import { desktop, incidentTitled, startPages, type PagesUnderTest } from '../test/pages/browser.ts';
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
  readonly rowMs: Spread;
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
    return { rounds, home, list, incident, rowMs: await rowsToScreen(pages, rounds), failures: [] };
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

async function rowsToScreen(pages: PagesUnderTest, rounds: number): Promise<Spread> {
  const page = await pages.open('/dashboard/incidents/');
  await page.getByText('Live', { exact: true }).waitFor();
  const took: number[] = [];
  for (let n = 0; n <= rounds; n++) {
    const title = `Seen at once ${n}`;
    const shownAt = page.evaluate<number>(
      `new Promise((resolve) => {
        const look = () => {
          if ([...document.querySelectorAll('ol a')].some((row) => row.textContent.includes(${JSON.stringify(title)})))
            requestAnimationFrame(() => resolve(Date.now()));
          else requestAnimationFrame(look);
        };
        look();
      })`,
    );
    await pages.alert({ title, service: 'checkout', severity: 'SEV1_CRITICAL' });
    const acceptedAt = Date.now();
    if (n > 0) took.push((await shownAt) - acceptedAt);
    else await shownAt;
  }
  await page.context().close();
  return spread(took);
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
