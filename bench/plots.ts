import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IntakeFigures } from './intake.ts';
import type { ListFigures } from './list.ts';
import type { AuditFigures } from './audit.ts';
import type { MemoryFigures } from './memory.ts';
import type { PageFigures } from './page.ts';
import type { PagesFigures } from './pages.ts';
import { median } from './figures.ts';
import type { Machine } from './machine.ts';
import { resultsDir, say } from './report.ts';
import type { StormFigures } from './storm.ts';
import { barChart, dotChart } from './svg.ts';

const imagesDir = fileURLToPath(new URL('../docs/images', import.meta.url));

async function runsOf<T>(name: string): Promise<T[]> {
  const text = await readFile(join(resultsDir, `${name}.jsonl`), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

interface Saved {
  readonly at: string;
  readonly machine: Machine;
}

/** Per benchmark: what is told of a run, each a number. */
const told: Readonly<Record<string, (run: never) => Readonly<Record<string, number>>>> = {
  intake: (run: IntakeFigures) => ({
    'new alerts to the bare handler (0.4)': run.freshToBare,
    'new alerts to one INSERT a request (2)': run.freshToInsert,
    'one key to forty keys (0.9)': run.oneKeyToFortyKeys,
    ...Object.fromEntries(Object.entries(labels).map(([phase, label]) => [`${label}, /s`, run.perSecond[phase as keyof typeof labels]])),
  }),
  page: (run: PageFigures) => ({
    'p50, ms (100)': run.bothMs.p50,
    'p99, ms (300)': run.bothMs.p99,
    'mail p50, ms': run.mailMs.p50,
    'mail p99, ms': run.mailMs.p99,
    'webhook p50, ms': run.webhookMs.p50,
    'webhook p99, ms': run.webhookMs.p99,
  }),
  storm: (run: StormFigures) => ({
    'one cause: alerts': run.oneCause.accepted,
    'incidents (1)': run.oneCause.incidents,
    'pages a target (1)': run.oneCause.pagesATarget,
    'signals (150)': run.oneCause.signals,
    'history events (600)': run.oneCause.historyEvents,
    'first page, ms (1,000)': run.oneCause.firstPageMs,
    'different incidents': run.different.accepted,
    'paged, /s (40)': run.different.perSecond,
    'pairs with the severer first': run.different.severerFirst,
  }),
  list: (run: ListFigures) => ({ incidents: run.incidents, alerts: run.alerts, 'p99 of all questions, ms (50)': run.p99Ms }),
  pages: (run: PagesFigures) => ({
    ...Object.fromEntries(
      views.flatMap((view) => [
        [`${view}: heading p50, ms (1,000)`, run[view].headingMs.p50],
        [`${view}: heading p90, ms`, run[view].headingMs.p90],
        [`${view}: script, KiB (250)`, run[view].scriptKib],
      ]),
    ),
    'row on screen, alone, p50, ms (300)': run.rowMs.lone.p50,
    'row on screen, in a burst, p50, ms (300)': run.rowMs.burst.p50,
    'row on screen, in a burst, p90, ms': run.rowMs.burst.p90,
    'row on screen, with 50 viewers, p50, ms': run.rowMs.with50Viewers.p50,
    'row on screen, with 50 viewers, p90, ms': run.rowMs.with50Viewers.p90,
    'timeline entry on screen, in a burst, p50, ms (300)': run.entryMs.burst.p50,
  }),
  memory: (run: MemoryFigures) => ({
    'open incidents': run.openIncidents,
    'worker at its start, MB': run.startMb,
    'worker with all open, MB (700)': run.openMb,
    'most it ever had, MB': run.highestMb,
    'history events, ended by people': run.eventsByPeople,
    'history events, ended by monitoring': run.eventsByMonitoring,
  }),
  audit: (run: AuditFigures) => ({
    'open incidents': run.openIncidents,
    'workflow terminated: running again, median, s': run.terminated.medianSeconds,
    'workflow terminated: running again, longest, s (120)': run.terminated.longestSeconds,
    'never started: paged, median, s': run.neverStarted.medianSeconds,
    'never started: paged, longest, s (120)': run.neverStarted.longestSeconds,
  }),
};

const views = ['home', 'list', 'incident'] as const;

const shown = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 2 });

async function table(name: string): Promise<string> {
  const runs = await runsOf<Saved>(name);
  const newest = runs.at(-1);
  if (newest === undefined) return '';
  const { cpu, cores, memoryGb, node } = newest.machine;
  const figures = runs.map((run) => (told[name] as (run: unknown) => Record<string, number>)(run));
  const rows = Object.keys(figures[0] ?? {}).map((what) => {
    const values = figures.map((one) => one[what] as number);
    return `| ${what} | ${shown(median(values))} | ${shown(Math.min(...values))}–${shown(Math.max(...values))} |`;
  });
  const loads = runs.map((run) => run.machine.load);
  return `## ${name}

\`npm run bench:${name} -- --save\`, ${runs.length} run(s), last on ${newest.at.slice(0, 10)}; ${cores} cores (${cpu}), ${memoryGb} GB, Node ${node}; load before the runs ${Math.min(...loads)}–${Math.max(...loads)}.

| figure (target) | median | least–greatest |
|---|---|---|
${rows.join('\n')}

![${name}](images/bench-${name}.svg)
`;
}

const labels = {
  bare: 'bare handler, keeps nothing',
  insert: 'one INSERT a request',
  fresh: 'intake, new alerts',
  repeats: 'intake, repeats',
  oneKey: 'intake, one key',
  fortyKeys: 'intake, forty keys',
  freshWithWorker: 'intake beside the worker',
} as const;

function intakePlot(runs: readonly IntakeFigures[]): string {
  const bars = Object.entries(labels).map(([phase, label]) => ({
    label,
    values: runs.flatMap((run) => run.rounds[phase as keyof typeof labels]),
    emphasized: phase !== 'bare' && phase !== 'insert',
  }));
  return barChart({ title: 'Requests a second, each with one alert (median, least to greatest of all rounds)', unit: '/s', bars });
}

function pagePlot(runs: readonly PageFigures[]): string {
  const shares = (values: readonly number[]): (readonly [number, number])[] =>
    values.toSorted((a, b) => a - b).map((ms, index) => [(100 * (index + 1)) / values.length, ms] as const);
  const half = runs.flatMap(({ eachMs }) => [eachMs.slice(0, eachMs.length / 2)]).flat();
  const rest = runs.flatMap(({ eachMs }) => [eachMs.slice(eachMs.length / 2)]).flat();
  return dotChart({
    title: 'From the 202 until the recipient has the page',
    xLabel: 'share of pages that were there by then, %',
    yLabel: 'milliseconds',
    target: 300,
    series: [
      { label: 'mail', color: 2, points: shares(half) },
      { label: 'webhook', color: 0, points: shares(rest) },
    ],
  });
}

function stormPlot(run: StormFigures): string {
  const names = ['SEV1', 'SEV2', 'SEV3', 'SEV4'];
  const colors = [3, 2, 0, 1];
  return dotChart({
    title: `${run.different.accepted.toLocaleString('en')} incidents at once: when each was paged`,
    xLabel: 'seconds since the first alert',
    yLabel: 'pages so far',
    series: names.map((label, index) => ({
      label,
      color: colors[index] as number,
      points: run.different.pages.flatMap(([atMs, rank], place) => (rank === index + 1 ? [[atMs / 1000, place + 1] as const] : [])),
    })),
  });
}

function listPlot(runs: readonly ListFigures[]): string {
  const names = Object.keys(runs[0]?.questions ?? {});
  const bars = names.map((name) => ({ label: name, values: runs.map((run) => run.questions[name]?.p99 ?? 0), emphasized: true }));
  return barChart({ title: 'Incident list at 100,000 incidents and 1,000,000 alerts: p99', unit: 'ms', bars, target: 50 });
}

function memoryPlot(runs: readonly MemoryFigures[]): string {
  const points = runs.flatMap(({ samples }) => samples);
  return dotChart({
    title: 'Memory of the worker by open incidents',
    xLabel: 'open incidents',
    yLabel: 'MB resident',
    target: 700,
    series: [{ label: 'resident memory', color: 0, points }],
  });
}

function pagesPlot(runs: readonly PagesFigures[]): string {
  const bars = [
    { label: 'row, alone', of: ({ rowMs }: PagesFigures) => rowMs.lone },
    { label: 'row, in a burst', of: ({ rowMs }: PagesFigures) => rowMs.burst },
    { label: 'row, 50 viewers', of: ({ rowMs }: PagesFigures) => rowMs.with50Viewers },
    { label: 'entry, alone', of: ({ entryMs }: PagesFigures) => entryMs.lone },
    { label: 'entry, in a burst', of: ({ entryMs }: PagesFigures) => entryMs.burst },
  ].map(({ label, of }) => ({ label, values: runs.flatMap((run) => [of(run).p50, of(run).p90, of(run).longest]), emphasized: true }));
  return barChart({ title: 'Until it is on the screen: median of the p50, p90 and longest of each run', unit: 'ms', bars, target: 300 });
}

function auditPlot(runs: readonly AuditFigures[]): string {
  const bars = [
    { label: 'workflow terminated', of: (run: AuditFigures) => run.terminated },
    { label: 'never started', of: (run: AuditFigures) => run.neverStarted },
  ].map(({ label, of }) => ({ label, values: runs.flatMap((run) => of(run).seconds), emphasized: true }));
  return barChart({ title: 'Among 10,000 open incidents: until it goes on', unit: 's', bars, target: 120 });
}

await mkdir(imagesDir, { recursive: true });
const plots: Readonly<Record<string, () => Promise<string | null>>> = {
  intake: async () => drawn(await runsOf<IntakeFigures>('intake'), intakePlot),
  page: async () => drawn(await runsOf<PageFigures>('page'), pagePlot),
  storm: async () => drawn(await runsOf<StormFigures>('storm'), (runs) => stormPlot(runs.at(-1) as StormFigures)),
  list: async () => drawn(await runsOf<ListFigures>('list'), listPlot),
  pages: async () => drawn(await runsOf<PagesFigures>('pages'), pagesPlot),
  memory: async () => drawn(await runsOf<MemoryFigures>('memory'), memoryPlot),
  audit: async () => drawn(await runsOf<AuditFigures>('audit'), auditPlot),
};
for (const [name, draw] of Object.entries(plots)) {
  const svg = await draw();
  if (svg === null) continue;
  await writeFile(join(imagesDir, `bench-${name}.svg`), svg);
  say(`docs/images/bench-${name}.svg`);
}

const tables = (await Promise.all(Object.keys(plots).map(table))).filter((text) => text !== '');
await writeFile(
  join(imagesDir, '..', 'benchmark-figures.md'),
  `# Figures\n\nWritten by \`npm run bench:plots\`. How they are measured: [benchmarks.md](benchmarks.md).\n\n${tables.join('\n')}`,
);
say('docs/benchmark-figures.md');

function drawn<T>(runs: readonly T[], draw: (runs: readonly T[]) => string): string | null {
  return runs.length === 0 ? null : draw(runs);
}
