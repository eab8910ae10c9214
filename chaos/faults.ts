import { setTimeout as delay } from 'node:timers/promises';
import { failPoints, type ArmedFailPoint, type FailPoint } from '../src/observe/fail-point.ts';
import type { Installation } from './installation.ts';
import type { Program } from './program.ts';
import type { Random } from './random.ts';

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
    which: random.integer(6),
  });
  const kill = (): Fault => {
    const target = random.pick(['api', 'worker', 'temporal', 'postgres'] as const);
    const downMs = random.integer(1_500);
    return target === 'api' || target === 'worker'
      ? { kind: 'kill', target, which: random.integer(6), downMs }
      : { kind: 'kill', target, downMs };
  };
  return random.shuffle(Array.from({ length: count }, (_, index) => (index < stepCount ? step(index) : kill())));
}

const comesByWithinMs = 20_000;

/**
 * Brings the faults about: those of the workers beside all others, so that two parts may be down at the same time. When a part does not
 * come up again, the other lane ends too. Resolves with how many steps were not come by. @param died is told of every death at once
 * @throws Error of the part that did not come up
 */
export async function bringAbout(
  installation: Installation,
  faults: readonly Fault[],
  random: Random,
  died: (who: string, how: string) => void,
): Promise<number> {
  let missed = 0;
  let brokeOff = false;
  const lane = async (mine: readonly Fault[]): Promise<void> => {
    for (const fault of mine) {
      await delay(random.integer(700));
      if (brokeOff) return;
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
  const lanes = [faults.filter(isOfWorker), faults.filter((fault) => !isOfWorker(fault))].map((mine) =>
    lane(mine).catch((error: unknown) => {
      brokeOff = true;
      throw error;
    }),
  );
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
  return missed;
}

const programOf = (installation: Installation, command: 'api' | 'worker', which: number): Program => {
  const programs = command === 'api' ? installation.apis : installation.workers;
  return programs[which % programs.length] as Program;
};

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
