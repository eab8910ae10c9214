import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { BodyMemory } from '../../src/intake/body-memory.ts';
import { maxBodyBytes, readBody } from '../../src/intake/read-body.ts';
import { readJson } from '../../src/intake/read-json.ts';
import { flawOfResult, mutate, steps, wild, type Step } from '../sources/hostile.ts';
import { connectors, payload, payloadBytes, payloads, type PayloadName } from '../sources/payloads.ts';

/** One change of the bytes as they come over the wire. */
interface Cut {
  readonly at: number;
  readonly kind: 'flip' | 'cut' | 'insert' | 'repeat' | 'end';
  readonly bytes: Uint8Array;
}

const fragments = [
  '{',
  '[',
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  '__proto__',
  'NaN',
  '-Infinity',
  '1e999',
  ',',
  ':',
  '\u0000',
  '\ufeff',
  '\u2028',
  '🔥',
];

const cuts: fc.Arbitrary<Cut[]> = fc.array(
  fc.record({
    at: fc.nat(1_000_000),
    kind: fc.constantFrom('flip', 'flip', 'cut', 'insert', 'insert', 'repeat', 'end'),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(...fragments).map((text) => new TextEncoder().encode(text)),
    ),
  }),
  { minLength: 1, maxLength: 5 },
);

function cut(body: Buffer, { at, kind, bytes }: Cut): Buffer {
  const place = at % Math.max(1, body.length);
  const [before, after] = [body.subarray(0, place), body.subarray(place)];
  if (kind === 'flip') return Buffer.concat([before, Buffer.from([(after[0] ?? 0) ^ (bytes[0] as number)]), after.subarray(1)]);
  if (kind === 'cut') return Buffer.concat([before, after.subarray(bytes.length)]);
  if (kind === 'insert') return Buffer.concat([before, bytes, after]);
  if (kind === 'repeat') return Buffer.concat([before, after.subarray(0, 40), after]);
  return before;
}

type Attack =
  | { readonly kind: 'structure'; readonly name: PayloadName; readonly changes: Step[] }
  | { readonly kind: 'bytes'; readonly name: PayloadName; readonly changes: Cut[] }
  | { readonly kind: 'anything'; readonly body: unknown };

const name = fc.constantFrom(...payloads.map(([given]) => given));
const attacks: fc.Arbitrary<Attack> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('structure' as const), name, changes: steps }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('bytes' as const), name, changes: cuts }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('anything' as const), body: wild }) },
);

export interface FuzzFigures {
  payloads: number;
  accepted: number;
  refused: number;
  notJson: number;
  /** Milliseconds of the CPU, of one parser with one payload: what else runs on the machine does not count. */
  slowestMs: number;
  /** How often a payload had to be timed again: a garbage collection came in between. */
  timedAgain: number;
}

const limitMs = 10;
const originals = new Map(payloads.map(([given]) => [given, payloadBytes(given)] as const));

/** A body as the parsers get it; undefined where its bytes are no JSON. */
function bodyOf(attack: Attack, figures: FuzzFigures): { body: unknown } | null {
  if (attack.kind === 'anything') return { body: attack.body };
  if (attack.kind === 'structure') {
    const body: unknown = payload(attack.name);
    for (const step of attack.changes) mutate(body, step);
    return { body };
  }
  const bytes = attack.changes.reduce(cut, originals.get(attack.name) as Buffer);
  const read = readJson(bytes);
  if (read.ok) return { body: read.value };
  figures.notJson += 1;
  if (read.reason === '') throw new Error('refused without a reason');
  return null;
}

function tryOne(attack: Attack, figures: FuzzFigures): void {
  figures.payloads += 1;
  const read = bodyOf(attack, figures);
  if (read === null) return;
  for (const { id, alerts } of connectors) {
    const timed = (): number => {
      const before = process.cpuUsage();
      const result = alerts.parse(read.body, {});
      const { user, system } = process.cpuUsage(before);
      const flaw = flawOfResult(result);
      if (flaw !== null) throw new Error(`${id}: ${flaw}`);
      if (result.ok === true) figures.accepted += 1;
      else figures.refused += 1;
      return (user + system) / 1_000;
    };
    let tookMs = timed();
    for (let again = 0; tookMs > limitMs && again < 5; again += 1) {
      figures.timedAgain += 1;
      tookMs = Math.min(tookMs, timed());
    }
    if (tookMs > limitMs) throw new Error(`${id} takes ${tookMs.toFixed(1)} ms`);
    figures.slowestMs = Math.max(figures.slowestMs, tookMs);
  }
}

/** @throws what fast-check says of the first payload that is neither accepted nor refused cleanly, made as small as it can be. */
export function fuzzParsers(count: number, seed: number, onProgress: (figures: FuzzFigures) => void = () => undefined): FuzzFigures {
  const figures: FuzzFigures = { payloads: 0, accepted: 0, refused: 0, notJson: 0, slowestMs: 0, timedAgain: 0 };
  const chunk = 10_000;
  for (let done = 0; done < count; done += chunk) {
    const numRuns = Math.min(chunk, count - done);
    fc.assert(
      fc.property(attacks, (attack) => tryOne(attack, figures)),
      { numRuns, seed: seed + done },
    );
    onProgress(figures);
  }
  return figures;
}

/** The same for what stands before the parsers: bytes with any headers. Never throws, and never reads more than it may. */
export async function fuzzBodies(count: number, seed: number): Promise<number> {
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(
      name,
      cuts,
      fc.constantFrom('', 'gzip', 'x-gzip', 'GZIP ', 'identity', 'br', 'deflate', 'gzip, gzip'),
      fc.boolean(),
      async (given, changes, encoding, packed) => {
        tried += 1;
        const original = originals.get(given) as Buffer;
        const bytes = changes.reduce(cut, packed ? gzipSync(original) : original);
        const headers: Record<string, string> = encoding === '' ? {} : { 'content-encoding': encoding };
        const request = new Request('http://imas.test/', { method: 'POST', body: bytes as unknown as string, headers });
        const read = await readBody(request, headers, new BodyMemory().enter(true));
        if (!read.ok && (read.reason === '' || ![400, 413, 415].includes(read.status))) throw new Error('refused without a reason');
        if (read.ok && read.bytes.byteLength > maxBodyBytes) throw new Error('read more than it may');
      },
    ),
    { numRuns: count, seed },
  );
  return tried;
}
