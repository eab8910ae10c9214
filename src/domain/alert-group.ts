import { said, type Said, type SaidCode } from './said.ts';

/** The alerts of one incident, taken together. An alert counts once, however often it fired. */
export interface AlertGroup {
  readonly alerts: number;
  readonly firing: number;
  /** The most frequent alert name, and how many others there are. */
  readonly name: string;
  readonly otherNames: number;
  readonly labels: readonly GroupLabel[];
}

export interface GroupLabel {
  readonly label: string;
  /** How many different values it has, and some of them in order. */
  readonly values: number;
  readonly some: readonly string[];
  /** How many of the alerts have it. */
  readonly alerts: number;
}

/** What places are called; those first that say most about how far it reaches. */
const places = {
  zone: 'zone',
  availability_zone: 'zone',
  topology_kubernetes_io_zone: 'zone',
  region: 'region',
  datacenter: 'datacenter',
  dc: 'datacenter',
  cluster: 'cluster',
  customer: 'customer',
  env: 'environment',
  environment: 'environment',
  namespace: 'namespace',
  node: 'node',
  host: 'host',
  hostname: 'host',
  instance: 'instance',
  pod: 'pod',
  device: 'device',
  job: 'job',
} as const;

/** They say what kind of alert it is, and not where. */
const notPlaces = new Set(['alertname', 'severity', 'priority', 'monitor', 'prometheus', 'receiver']);

/** `InstanceDown: 200 alerts, 3 zones`; null for a single alert, whose own summary says it better. */
export function groupTitle(group: AlertGroup): Said | null {
  if (group.alerts < 2) return null;
  const name = group.otherNames === 0 ? group.name : said('storm.names', { name: group.name, count: group.otherNames });
  const alerts = said('storm.alerts', { count: group.alerts });
  const [first, second] = spreadOf(group).map(countOf);
  if (first === undefined) return said('storm.title', { name, alerts });
  return second === undefined ? said('storm.by', { name, alerts, first }) : said('storm.byTwo', { name, alerts, first, second });
}

/** Labels by which the alerts fall into fewer parts than there are alerts: at most two. */
function spreadOf({ alerts, labels }: AlertGroup): readonly GroupLabel[] {
  return labels
    .filter((label) => !notPlaces.has(label.label) && label.values > 1 && label.values < alerts && label.alerts * 2 > alerts)
    .toSorted((a, b) => orderOf(rankOf(a), rankOf(b)) || a.values - b.values || (a.label < b.label ? -1 : 1))
    .slice(0, 2);
}

const orderOf = (a: number, b: number): number => (a === b ? 0 : a - b);

const rankOf = ({ label }: GroupLabel): number => (isPlace(label) ? Object.keys(places).indexOf(label) : Infinity);

const isPlace = (label: string): label is keyof typeof places => Object.hasOwn(places, label);

function countOf({ label, values: count }: GroupLabel): Said {
  if (!isPlace(label)) return said('storm.label.other', { label, count });
  const code: SaidCode = `storm.label.${places[label]}`;
  return said(code, { count });
}

/** What all of the alerts have in common, and what tells them apart, each in the order of their labels. */
export function splitLabels({ alerts, labels }: AlertGroup): {
  readonly shared: readonly GroupLabel[];
  readonly varying: readonly GroupLabel[];
} {
  const isShared = (label: GroupLabel): boolean => label.values === 1 && label.alerts === alerts;
  return { shared: labels.filter(isShared), varying: labels.filter((label) => !isShared(label)) };
}
