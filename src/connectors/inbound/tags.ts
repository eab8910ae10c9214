import { shorten } from '../../domain/shorten.ts';
import { emptyTextMap, labelLimits, type TextMap } from './payload-fields.ts';

export type Tags = { readonly ok: true; readonly labels: TextMap } | { readonly ok: false; readonly reason: string };
type Pair = readonly [name: string, value: string];

/**
 * `env:prod,service:redis,pci`, the same as an array, an array of `["env", "prod"]` or `{"key": "env", "value": "prod"}` (`name` for `key`),
 * or an object. The first colon divides, a tag without one is a name with an empty value, and a name that comes twice keeps its values side
 * by side, as `role:a,role:b` does with `a,b`.
 */
export function readTags(given: unknown): Tags {
  const labels = emptyTextMap();
  const pairs = pairsOf(given);
  if (typeof pairs === 'string') return refuse(pairs);
  let count = 0;
  for (const [name, value] of pairs) {
    if (name === '') continue;
    if (name.length > 1_024) return refuse('has a name of more than 1024 characters');
    const before = labels[name];
    if (before === undefined && ++count > labelLimits.count) return refuse(`has more than ${labelLimits.count} tags`);
    if (value.length > labelLimits.valueLength) return refuse(`has a value of more than ${labelLimits.valueLength} characters`);
    labels[name] = before === undefined || before === value ? value : shorten(`${before},${value}`, labelLimits.valueLength);
  }
  return { ok: true, labels };
}

/** Or what is wrong with them. */
function pairsOf(given: unknown): readonly Pair[] | string {
  if (given === undefined || given === null) return [];
  if (typeof given === 'string') return given.split(',').map(divide);
  if (typeof given !== 'object') return 'must be a text of comma-separated key:value';
  const list = Array.isArray(given) ? (given as readonly unknown[]) : Object.entries(given);
  const pairs: Pair[] = [];
  for (const tag of list) {
    if (tag === null || tag === undefined) continue;
    const pair = pairOf(tag);
    if (pair === null) return 'must hold texts, or names with a value';
    pairs.push(pair);
  }
  return pairs;
}

function pairOf(tag: unknown): Pair | null {
  const text = textOf(tag);
  if (text !== null) return divide(text);
  const fields = tag as Readonly<Record<string, unknown>>;
  const [name, value] = Array.isArray(tag) ? (tag as readonly unknown[]) : [fields['key'] ?? fields['name'], fields['value']];
  const [nameText, valueText] = [textOf(name), value === null || value === undefined ? '' : textOf(value)];
  return nameText === null || valueText === null ? null : [nameText.trim(), valueText.trim()];
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;

function divide(tag: string): Pair {
  const colon = tag.indexOf(':');
  return colon < 0 ? [tag.trim(), ''] : [tag.slice(0, colon).trim(), tag.slice(colon + 1).trim()];
}

const refuse = (reason: string): Tags => ({ ok: false, reason });
