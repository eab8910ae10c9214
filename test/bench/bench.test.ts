import { expect, test } from 'vitest';
import { runFanoutBench } from '../../bench/fanout.ts';
import { runIntakeBench } from '../../bench/intake.ts';
import { runListBench } from '../../bench/list.ts';
import { runMemoryBench } from '../../bench/memory.ts';
import { runPageBench } from '../../bench/page.ts';
import { runStormBench } from '../../bench/storm.ts';

// Small and short: that each benchmark still runs to its end and finds nothing lost. Never how fast.
const patienceMs = 120_000;

test(
  'intake: every alert that was answered 202 is a row, every repeat is counted',
  async () => {
    const figures = await runIntakeBench({ rounds: 1, phaseMs: 200, connections: 10 });
    expect(figures.failures).toEqual([]);
    expect(Object.values(figures.perSecond).every((perSecond) => perSecond > 0)).toBe(true);
  },
  patienceMs,
);

test(
  'page: every incident is mailed and posted once',
  async () => {
    const figures = await runPageBench({ perSecond: 5, incidents: 5, warmUp: 2 });
    expect(figures.failures).toEqual([]);
    expect(figures.eachMs).toHaveLength(10);
  },
  patienceMs,
);

test(
  'fanout: fifty people are told by seven providers, beside one that hangs',
  async () => {
    const { failures, people } = await runFanoutBench({ hanging: true });
    expect(failures).toEqual([]);
    expect(people).toBe(50);
  },
  patienceMs,
);

test(
  'storm: one cause is one incident and one page, different causes are paged once each, the severer ones first',
  async () => {
    const { failures, oneCause, different } = await runStormBench({ alertsOfOneCause: 300, differentIncidents: 120 });
    expect(failures).toEqual([]);
    expect(oneCause).toMatchObject({ accepted: 300, incidents: 1, pagesATarget: 1 });
    expect(oneCause.signals).toBeLessThan(150);
    expect(oneCause.historyEvents).toBeLessThan(600);
    expect(different.pages).toHaveLength(120);
  },
  patienceMs,
);

test(
  'list: every question finds something, and next pages lead on',
  async () => {
    const { failures, questions } = await runListBench({ incidents: 2_000, alertsEach: 2, samples: 6 });
    expect(failures).toEqual([]);
    expect(questions['next page']?.p50).toBeGreaterThan(0);
  },
  patienceMs,
);

test(
  'memory: open incidents stay open, and a quiet one writes few events',
  async () => {
    const { failures, openIncidents, eventsByPeople, eventsByMonitoring } = await runMemoryBench(20);
    expect(failures).toEqual([]);
    expect(openIncidents).toBe(20);
    expect(eventsByPeople).toBeLessThan(60);
    expect(eventsByMonitoring).toBeLessThan(45);
  },
  patienceMs,
);
