import { setTimeout as delay } from 'node:timers/promises';
import { failPoints, type ArmedFailPoint, type FailPoint } from '../src/observe/fail-point.ts';
import type { Installation } from './installation.ts';
import type { Program } from './program.ts';
import type { Random } from './random.ts';
import type { Death } from './verdict.ts';

export type Fault =
  | { readonly kind: 'kill'; readonly target: 'api' | 'worker'; readonly which: number; readonly downMs: number }
  | { readonly kind: 'kill'; readonly target: 'temporal' | 'postgres'; readonly downMs: number }
  | { readonly kind: 'step'; readonly at: ArmedFailPoint; readonly which: number };

const targetOf = (step: FailPoint): 'api' | 'worker' => (step.startsWith('intake') ? 'api' : 'worker');

/** Every step once (more often in a long run), the rest kills at any moment; in the order that the seed gives. */
export function planFaults(random: Random, count: number, only: readonly FailPoint[] | null): Fault[] {
  const steps = only ?? failPoints;
  const stepCount = only === null ? Math.min(count, Math.max(steps.length, Math.floor(count * 0.4))) : count;
  // Not always the first that comes by: of a page's messages that is the webhook's, which is the quickest.
  const step = (index: number): Fault => ({
    kind: 'step',
    at: { step: steps[index % steps.length] as FailPoint, nth: 1 + random.integer(3) },
    which: random.integer(2),
  });
  const kill = (): Fault => {
    const target = random.pick(['api', 'worker', 'temporal', 'postgres'] as const);
    const downMs = random.integer(1_500);
    return target === 'api' || target === 'worker'
      ? { kind: 'kill', target, which: random.integer(2), downMs }
      : { kind: 'kill', target, downMs };
  };
  return random.shuffle(Array.from({ length: count }, (_, index) => (index < stepCount ? step(index) : kill())));
}

const comesByWithinMs = 20_000;

/** Brings the faults about: those of the workers beside all others, so that two parts may be down at the same time. */
export async function bringAbout(
  installation: Installation,
  faults: readonly Fault[],
  random: Random,
  say: (line: string) => void,
): Promise<{ readonly deaths: readonly Death[]; readonly missed: number }> {
  const deaths: Death[] = [];
  let missed = 0;
  const died = (who: string, how: string): void => {
    deaths.push({ atMs: Date.now(), who, how });
    say(`${deaths.length} of ${faults.length}: ${who} died (${how})`);
  };
  const lane = async (mine: readonly Fault[]): Promise<void> => {
    for (const fault of mine) {
      await delay(random.integer(700));
      if (fault.kind === 'step') {
        const program = programOf(installation, targetOf(fault.at.step), fault.which);
        if (!(await dieAt(program, fault.at, died))) missed += 1;
      } else if (fault.target === 'api' || fault.target === 'worker') {
        const program = programOf(installation, fault.target, fault.which);
        await program.kill();
        died(program.name, 'killed');
        await delay(fault.downMs);
        await startAgain(program);
      } else if (fault.target === 'temporal') {
        await installation.killTemporal();
        died('temporal', 'killed');
        await delay(fault.downMs);
        await installation.startTemporal();
      } else {
        await installation.killPostgres();
        died('postgres', 'killed');
        await delay(fault.downMs);
        await installation.startPostgres();
      }
    }
  };
  const isOfWorker = (fault: Fault): boolean => (fault.kind === 'step' ? targetOf(fault.at.step) : fault.target) === 'worker';
  await Promise.all([lane(faults.filter(isOfWorker)), lane(faults.filter((fault) => !isOfWorker(fault)))]);
  return { deaths, missed };
}

const programOf = (installation: Installation, command: 'api' | 'worker', which: number): Program =>
  (command === 'api' ? installation.apis : installation.workers)[which] as Program;

/** Puts another process in its place that will die at the step, and waits for its death. */
async function dieAt(program: Program, at: ArmedFailPoint, died: (who: string, how: string) => void): Promise<boolean> {
  await program.kill('SIGTERM');
  await startAgain(program, at);
  const came = await Promise.race([program.exited.then(() => true), delay(comesByWithinMs, false, { ref: false })]);
  if (came) died(program.name, `${at.step}:${at.nth}`);
  else await program.kill();
  await startAgain(program);
  return came;
}

/** A process that cannot start while another part is down is started again by whatever supervises it. */
async function startAgain(program: Program, at: ArmedFailPoint | null = null): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await program.start(at);
    } catch (error) {
      if (tries === 10) throw error;
      await delay(500);
    }
  }
}
