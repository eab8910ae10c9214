import { describe, expect, it } from 'vitest';
import { groupTitle, splitLabels, type AlertGroup, type GroupLabel } from '../../src/domain/alert-group.ts';
import { words, type Language } from '../../src/texts/languages.ts';

const label = (name: string, values: number, alerts = 200): GroupLabel => ({
  label: name,
  values,
  alerts,
  some: Array.from({ length: Math.min(values, 5) }, (_, n) => `${name}-${n}`),
});

const groupWith = (changes: Partial<AlertGroup> = {}): AlertGroup => ({
  alerts: 200,
  firing: 200,
  name: 'InstanceDown',
  otherNames: 0,
  labels: [label('alertname', 1), label('instance', 200), label('zone', 3)],
  ...changes,
});

const titleOf = (group: AlertGroup, language: Language = 'en'): string | null => {
  const title = groupTitle(group);
  return title === null ? null : words(title, language).replaceAll('\u00a0', ' ');
};

describe('what many alerts are called', () => {
  it('says how many, and how far it reaches', () => {
    expect(titleOf(groupWith())).toBe('InstanceDown: 200 alerts, 3 zones');
    expect(titleOf(groupWith(), 'fr')).toBe('InstanceDown : 200 alertes, 3 zones');
  });

  it('is left to the alert itself where there is one', () => {
    expect(titleOf(groupWith({ alerts: 1 }))).toBeNull();
  });

  it.each([
    ['each alert has its own host, which says nothing more', [label('instance', 200)], 'InstanceDown: 200 alerts'],
    ['places come before other labels', [label('shard', 2), label('region', 4)], 'InstanceDown: 200 alerts, 4 regions, 2 values of shard'],
    ['two are enough', [label('zone', 3), label('region', 2), label('cluster', 5)], 'InstanceDown: 200 alerts, 3 zones, 2 regions'],
    ['a label of few alerts says nothing of all', [label('zone', 3, 20)], 'InstanceDown: 200 alerts'],
    ['a severity is no place', [label('severity', 2)], 'InstanceDown: 200 alerts'],
  ])('%s', (_, labels, title) => {
    expect(titleOf(groupWith({ labels }))).toBe(title);
  });

  it('names the most frequent of several alert names', () => {
    expect(titleOf(groupWith({ otherNames: 1, labels: [] }))).toBe('InstanceDown and 1 other: 200 alerts');
    expect(titleOf(groupWith({ otherNames: 4, labels: [] }), 'fr')).toBe('InstanceDown et 4 autres : 200 alertes');
  });
});

it('tells labels that all have in common from those that differ, or that some lack', () => {
  const { shared, varying } = splitLabels(groupWith({ labels: [label('env', 1), label('rack', 1, 199), label('zone', 3)] }));
  expect(shared.map((one) => one.label)).toEqual(['env']);
  expect(varying.map((one) => one.label)).toEqual(['rack', 'zone']);
});
