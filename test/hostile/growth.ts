import { readJson } from '../../src/intake/read-json.ts';
import type { PayloadName } from '../sources/payloads.ts';
import { payload, payloads, readAt } from '../sources/payloads.ts';

/** Of each kind of character one, and those that mean something somewhere. */
const characters = [' ', '\n', 'a', '0', '-', '.', ':', ',', '/', '"', '%', '$', '[', '{', '=', '\0', '🔥'];
/** One payload of each shape. */
const shapes: ReadonlySet<PayloadName> = new Set([
  'grafana-firing',
  'datadog-triggered',
  'sentry-issue-created',
  'sentry-issue-alert',
  'sentry-metric-alert',
  'generic-batch',
]);
const shortRun = 100_000;
/** Less than this is noise. */
const floorMs = 25;
const rounds = 5;

type Place = readonly (string | number)[];

/** Where a text stands in a body. */
function textsOf(node: unknown, at: Place = []): Place[] {
  if (typeof node === 'string') return [at];
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, inner]) => textsOf(inner, [...at, Array.isArray(node) ? Number(key) : key]));
}

function withText(node: unknown, [step, ...rest]: Place, text: string): unknown {
  if (step === undefined) return text;
  const copy = (Array.isArray(node) ? [...(node as unknown[])] : { ...(node as object) }) as Record<string | number, unknown>;
  copy[step] = withText(copy[step], rest, text);
  return copy;
}

/** Milliseconds of the CPU: what else runs on the machine does not count. */
function timed(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] as number;

/** No parser takes so long for 200 KB, on any machine: not worth five rounds. */
const hopelessMs = 1_000;

/** Null where the time grows with the length of the run; else what was measured, in milliseconds. */
export function growthOf(run: (length: number) => () => void): { readonly short: number; readonly long: number } | null {
  const [short, long] = [run(shortRun), run(2 * shortRun)];
  const firstMs = timed(long);
  if (firstMs <= floorMs) return null;
  if (firstMs > hopelessMs) return { short: timed(short), long: firstMs };
  const shortMs = median(Array.from({ length: rounds }, () => timed(short)));
  const longMs = median(Array.from({ length: rounds }, () => timed(long)));
  return longMs <= Math.max(floorMs, 3 * shortMs) ? null : { short: shortMs, long: longMs };
}

/** A long run of one character in each text of each payload, read from its bytes by its parser: the first that grows faster than its text. */
export function fuzzGrowth(): { readonly tried: number; readonly slow: string | null } {
  let tried = 0;
  for (const [name, connector] of payloads) {
    if (!shapes.has(name)) continue;
    const original: unknown = payload(name);
    for (const place of textsOf(original)) {
      for (const character of characters) {
        tried += 1;
        const found = growthOf((length) => {
          const bytes = Buffer.from(JSON.stringify(withText(original, place, `x${character.repeat(length)}x`)));
          return () => {
            const read = readJson(bytes);
            if (read.ok) readAt(connector, read.value);
          };
        });
        if (found !== null) {
          return { tried, slow: `${name} ${place.join('.')} ${JSON.stringify(character)}: ${found.short} ms, then ${found.long} ms` };
        }
      }
    }
  }
  return { tried, slow: null };
}
