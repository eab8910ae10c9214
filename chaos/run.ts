import { Command, InvalidArgumentError } from 'commander';
import { failPoints, type FailPoint } from '../src/observe/fail-point.ts';
import { plantNames } from './plants.ts';
import { faultTrial } from './scenarios/faults.ts';
import { newVersion } from './scenarios/new-version.ts';
import { postgresDown, postgresSilent, temporalDown } from './scenarios/outages.ts';
import { rollingRestarts } from './scenarios/rolling-restarts.ts';
import type { Report, TrialOptions } from './stage.ts';

const whole = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
};
const oneOf =
  (known: readonly string[]) =>
  (text: string): string => {
    if (!known.includes(text)) throw new InvalidArgumentError(`must be one of ${known.join(', ')}`);
    return text;
  };
const steps = (text: string): FailPoint[] => text.split(',').map((step) => oneOf(failPoints)(step) as FailPoint);

interface Options extends TrialOptions {
  readonly scenario: string;
  readonly faults: number;
  readonly plant?: string;
  readonly steps?: FailPoint[];
  readonly rate?: number;
  readonly down: number;
  readonly restarts: number;
  readonly incidents: number;
}

const scenarios = {
  faults: (o: Options) => faultTrial({ ...o, plant: o.plant ?? null, only: o.steps ?? null, perSecond: o.rate ?? 5 }),
  'temporal-down': (o: Options) => temporalDown({ ...o, downSeconds: o.down }),
  'postgres-down': (o: Options) => postgresDown({ ...o, downSeconds: o.down }),
  'postgres-silent': (o: Options) => postgresSilent({ ...o, downSeconds: o.down }),
  'rolling-restarts': (o: Options) => rollingRestarts({ ...o, perSecond: o.rate ?? 200 }),
  'new-version': (o: Options) => newVersion(o),
} satisfies Record<string, (options: Options) => Promise<Report>>;

const program = new Command('chaos')
  .description(
    'Breaks an installation of its own under load, and compares what was answered with what arrived. Exit code 1: something was lost.',
  )
  .option('--scenario <name>', Object.keys(scenarios).join(', '), oneOf(Object.keys(scenarios)), 'faults')
  .option('--seed <n>', 'the same seed makes the same plan', whole, 1)
  .option('--faults <n>', 'faults: how many parts are killed', whole, 40)
  .option('--plant <bug>', `faults: run with a planted bug, which must be found: ${plantNames.join(', ')}`, oneOf(plantNames))
  .option('--steps <list>', `faults: kill only at these steps: ${failPoints.join(', ')}`, steps)
  .option('--rate <n>', 'requests with alerts a second', whole)
  .option('--down <seconds>', 'temporal-down, postgres-down, postgres-silent: how long', whole, 60)
  .option('--restarts <n>', 'rolling-restarts: how many', whole, 20)
  .option('--incidents <n>', 'new-version: how many are open', whole, 500)
  .option('--keep', 'leave data and logs where they are', false);

const say = (line: string): void => void process.stderr.write(`${line}\n`);

program.parse();
const options = { ...program.opts<Options>(), keepLogs: true, say };
const report = await scenarios[options.scenario as keyof typeof scenarios](options);
process.stdout.write(asTable(report));
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(report.violations.length === 0 ? 0 : 1);

function asTable({ scenario, figures, violations }: Report): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  const lines = Object.entries(figures).map(([name, value]) => `  ${name.replaceAll('_', ' ').padEnd(width)}  ${value}`);
  const shown = violations.slice(0, 30).map((violation) => `  ! ${violation}`);
  return [`${scenario}: ${violations.length === 0 ? 'nothing lost' : `${violations.length} violations`}`, ...lines, ...shown, ''].join(
    '\n',
  );
}
