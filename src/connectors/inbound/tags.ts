import { shorten } from '../../domain/shorten.ts';
import { emptyTextMap, labelLimits, type TextMap } from './payload-fields.ts';

export type Tags = { readonly ok: true; readonly labels: TextMap } | { readonly ok: false; readonly reason: string };

/**
 * `env:prod,service:redis,pci` or the same as an array. The first colon divides, a tag without one is a name with an empty
 * value, and a name that comes twice keeps its values side by side, as `role:a,role:b` does with `a,b`.
 */
export function readTags(given: unknown): Tags {
  const labels = emptyTextMap();
  if (given === undefined || given === null) return { ok: true, labels };
  const list = typeof given === 'string' ? given.split(',') : given;
  if (!Array.isArray(list)) return refuse('must be a text of comma-separated key:value');
  let count = 0;
  for (const tag of list) {
    if (typeof tag !== 'string') return refuse('must hold texts only');
    const [name, value] = divide(tag.trim());
    if (name === '') continue;
    if (name.length > 1_024) return refuse('has a name of more than 1024 characters');
    const before = labels[name];
    if (before === undefined && ++count > labelLimits.count) return refuse(`has more than ${labelLimits.count} tags`);
    if (value.length > labelLimits.valueLength) return refuse(`has a value of more than ${labelLimits.valueLength} characters`);
    labels[name] = before === undefined || before === value ? value : shorten(`${before},${value}`, labelLimits.valueLength);
  }
  return { ok: true, labels };
}

function divide(tag: string): [string, string] {
  const colon = tag.indexOf(':');
  return colon < 0 ? [tag, ''] : [tag.slice(0, colon).trim(), tag.slice(colon + 1).trim()];
}

const refuse = (reason: string): Tags => ({ ok: false, reason });
