import { issueToken } from '../src/api/auth/tokens.ts';
import { percentile, round } from './figures.ts';
import { startInstallation, type Installation } from './installation.ts';
import { reportRun, say, type Checked } from './report.ts';
import { seedHistory } from './seed-history.ts';

export interface ListBenchOptions {
  readonly incidents: number;
  readonly alertsEach: number;
  /** Requests of each kind of question. */
  readonly samples: number;
}

export interface ListFigures extends Checked {
  readonly incidents: number;
  readonly alerts: number;
  /** Milliseconds by question, one request after another. Target of `p99`: 50. */
  readonly questions: Readonly<Record<string, { readonly p50: number; readonly p99: number }>>;
  readonly p99Ms: number;
  readonly slowest: string;
}

interface Known {
  readonly services: readonly string[];
  readonly teams: readonly string[];
  readonly users: readonly string[];
  readonly shortIds: readonly string[];
}

/** What pages and people ask the list; `n` varies the values, so that no answer is only a warm one. */
const questions: Readonly<Record<string, (known: Known, n: number) => string>> = {
  newest: () => '',
  open: () => 'status=TRIGGERED,ACKNOWLEDGED',
  'open by urgency': () => 'status=TRIGGERED,ACKNOWLEDGED&ordering=urgency',
  resolved: () => 'status=RESOLVED',
  severity: (_, n) => `severity=SEV${(n % 4) + 1}_${['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'][n % 4]}`,
  'severest first': (_, n) => `ordering=${n % 2 === 0 ? 'severity' : '-severity'}`,
  'by urgency': () => 'ordering=urgency',
  service: ({ services }, n) => `service=${at(services, n)}`,
  'service and severity': ({ services }, n) => `service=${at(services, n)}&severity=SEV1_CRITICAL`,
  'service and status': ({ services }, n) => `service=${at(services, n)}&status=RESOLVED`,
  team: ({ teams }, n) => `team=${at(teams, n)}`,
  'assigned to me': () => 'assignee=me',
  'mine, open': () => 'status=TRIGGERED,ACKNOWLEDGED&involves=me&ordering=urgency',
  'assigned to somebody': ({ users }, n) => `assignee=${at(users, n)}`,
  'made by people': () => 'origin=person',
  'a day': (_, n) => `created_after=${day(n)}&created_before=${day(n - 1)}`,
  'search word': (_, n) => `search=${at(['redis', 'latency', 'disk', 'checkout', 'queue'], n)}`,
  'search two words': (_, n) => `search=${at(['redis', 'latency', 'disk'], n)}%20${at(['host17', 'host3', 'host88'], n)}`,
  'search short id': ({ shortIds }, n) => `search=${at(shortIds, n)}`,
  'search, open': (_, n) => `status=TRIGGERED&search=${at(['redis', 'latency', 'disk'], n)}`,
};

const at = (values: readonly string[], n: number): string => values[n % values.length] as string;
const day = (n: number): string => new Date(Date.now() - ((n % 300) + 1) * 86_400_000).toISOString();

/** How long the incident list takes over a year's worth of incidents: filters, search, and following `next`. */
export async function runListBench({ incidents, alertsEach, samples }: ListBenchOptions): Promise<ListFigures> {
  const house = await startInstallation();
  try {
    const startedAtMs = performance.now();
    await seedHistory(house.pool, { incidents, alertsEach });
    say(`seeded in ${round((performance.now() - startedAtMs) / 1000)} s`);
    const api = await house.startApi();
    const known = await readKnown(house);
    const { rows } = await house.pool.query<{ id: string; alerts: number }>(
      `select id, (select count(*)::int from alerts) as alerts from users where username = 'admin'`,
    );
    const token = await issueToken(house.pool, rows[0]?.id as string, 'api');
    const failures: string[] = [];

    async function ask(url: string): Promise<{ tookMs: number; next: string | null; found: number }> {
      const askedAtMs = performance.now();
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      const page = (await response.json()) as { next: string | null; results: unknown[] };
      const tookMs = performance.now() - askedAtMs;
      if (response.status !== 200) failures.push(`${url}: ${response.status}`);
      return { tookMs, next: page.next ?? null, found: page.results?.length ?? 0 };
    }

    const took: Record<string, number[]> = {};
    const pages: number[] = [];
    for (const [name, question] of Object.entries(questions)) {
      const own: number[] = (took[name] = []);
      let found = 0;
      for (let n = -3; n < samples; n++) {
        const answer = await ask(`${api.url}/api/v1/incidents/?${question(known, n + 3)}`);
        found += answer.found;
        if (n < 0) continue;
        own.push(answer.tookMs);
        let { next } = answer;
        for (let page = 0; page < 2 && next !== null && n % 5 === 0; page++) {
          const onward = await ask(next.replace(/^https?:\/\/[^/]+/, api.url));
          pages.push(onward.tookMs);
          next = onward.next;
        }
      }
      if (found === 0) failures.push(`${name}: nothing was found`);
      say(`${name}: p50 ${round(percentile(own, 0.5), 1)} ms, p99 ${round(percentile(own, 0.99), 1)} ms`);
    }
    took['next page'] = pages;
    const figures = Object.fromEntries(
      Object.entries(took).map(([name, all]) => [name, { p50: round(percentile(all, 0.5), 1), p99: round(percentile(all, 0.99), 1) }]),
    );
    const [slowest] = Object.entries(figures).toSorted(([, a], [, b]) => b.p99 - a.p99)[0] as [string, object];
    return {
      incidents,
      alerts: rows[0]?.alerts ?? 0,
      p99Ms: round(percentile(Object.values(took).flat(), 0.99), 1),
      slowest: `${slowest}: ${figures[slowest]?.p99} ms`,
      questions: figures,
      failures,
    };
  } finally {
    await house.stop();
  }
}

async function readKnown({ pool }: Installation): Promise<Known> {
  const ids = async (text: string): Promise<string[]> => (await pool.query<{ id: string }>(text)).rows.map(({ id }) => id);
  return {
    services: await ids(`select id from services where name like 'service-%'`),
    teams: await ids('select id from teams'),
    users: await ids(`select id from users where username like 'user-%'`),
    shortIds: await ids('select short_id as id from incidents order by random() limit 50'),
  };
}

if (import.meta.main) {
  const quick = process.argv.includes('--quick');
  await reportRun('list', () => runListBench({ incidents: quick ? 10_000 : 100_000, alertsEach: 10, samples: quick ? 20 : 100 }));
}
