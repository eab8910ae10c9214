import fc from 'fast-check';
import { connectors } from './payloads.ts';
import { routeAlert } from '../../src/domain/alert-rules.ts';
import type { AlertEvent, ParseResult, PayloadProblem } from '../../src/domain/alert-event.ts';
import { severities } from '../../src/domain/vocabulary.ts';

/** What a monitoring tool would never send. */
export const wild = fc.oneof(
  fc.anything({ maxDepth: 3, withBigInt: true, withDate: true, withNullPrototype: true, withObjectString: true }),
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -1,
    NaN,
    Infinity,
    1e308,
    '\0',
    '\ud800',
    [],
    {},
    true,
    '__proto__',
    '0001-01-01T00:00:00Z',
    '9999-99-99T99:99:99Z',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('x'.repeat(10_000), 'javascript:alert(1)', '[Triggered on {', 'a:b,c', '2026-11-21T08:50:07.123456789+14:00'),
);
const names = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'status',
  'labels',
  'alerts',
  'data',
  'issue',
  'severity',
  '\0',
  '',
  'x',
);

export type Step = {
  readonly pick: number;
  readonly kind: 'replace' | 'delete' | 'add' | 'repeat';
  readonly name: string;
  readonly value: unknown;
};
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ pick: fc.nat(), kind: fc.constantFrom('replace', 'replace', 'delete', 'add', 'repeat'), name: names, value: wild }),
  { minLength: 1, maxLength: 6 },
);

/** Every place in a body where something can be put. */
function places(node: unknown, found: [Record<string, unknown>, string][] = []): [Record<string, unknown>, string][] {
  if (typeof node !== 'object' || node === null) return found;
  for (const key of Object.keys(node)) {
    found.push([node as Record<string, unknown>, key]);
    places((node as Record<string, unknown>)[key], found);
  }
  return found;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

export function mutate(body: unknown, step: Step): void {
  const all = places(body);
  const place = all[step.pick % Math.max(1, all.length)];
  if (place === undefined) return;
  const [holder, key] = place;
  if (Object.isFrozen(holder)) return;
  if (step.kind === 'delete') delete holder[key];
  else if (step.kind === 'replace') define(holder, key, step.value);
  else if (Array.isArray(holder)) holder.push(structuredCloneOrSame(holder[0]));
  else define(holder, step.name, step.value);
}

function structuredCloneOrSame(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}

const isInstantOrNull = (value: string | null): boolean => value === null || new Date(value).toISOString() === value;
const objectKeys = Reflect.ownKeys(Object.prototype).length;
const routes = {
  rules: [
    {
      id: 'r',
      name: 'r',
      source: null,
      conditions: [{ field: 'labels.constructor', operator: 'contains', value: 'x' }] as const,
      serviceId: null,
      severity: null,
      suppress: false,
    },
  ],
  servicesByName: new Map<string, string>(),
  catchAllServiceId: 'catch-all',
};

/** Whatever comes: alerts that can be stored and routed, or a problem that names a field. Says what is wrong, else null. */
export function flawOf(body: unknown): string | null {
  for (const connector of connectors) {
    const flaw = flawOfResult(connector.alerts.parse(body, {}));
    if (flaw !== null) return `${connector.id}: ${flaw}`;
  }
  return null;
}

export function flawOfResult(result: ParseResult): string | null {
  if (Reflect.ownKeys(Object.prototype).length !== objectKeys) return 'Object.prototype was changed';
  return result.ok ? firstFlaw(result.alerts) : flawOfProblem(result.problem);
}

/** In JSON, where a backslash of the text itself comes as two. */
const nul = /(?<!\\)(\\\\)*\\u0000/;
const halfPair = /(?<!\\)(\\\\)*\\ud[89a-f]/;

function flawOfProblem({ field, reason }: PayloadProblem): string | null {
  if (field.length === 0 || field.length >= 500) return 'a problem whose field is empty or long';
  if (!field.isWellFormed()) return 'a problem whose field is no text';
  return reason.length === 0 ? 'a problem without reason' : null;
}

function firstFlaw(alerts: readonly AlertEvent[]): string | null {
  for (const alert of alerts) {
    const { raw, ...told } = alert;
    const text = JSON.stringify(told);
    if (nul.test(text) || halfPair.test(text)) return 'text that cannot be stored';
    if (nul.test(JSON.stringify(raw))) return 'a raw payload that cannot be stored';
    if (alert.fingerprint.length === 0 || alert.fingerprint.length > 256) return 'a fingerprint of no size';
    if (alert.name.length === 0 || alert.name.length > 255) return 'a name of no size';
    if (!severities.includes(alert.severity)) return 'no severity';
    if (![alert.startsAt, alert.endsAt, alert.at].every(isInstantOrNull)) return 'no instant';
    if (!Object.values(alert.labels).every((value) => typeof value === 'string')) return 'a label that is no text';
    if (routeAlert(alert, routes).serviceId !== 'catch-all') return 'not routed';
  }
  return null;
}
