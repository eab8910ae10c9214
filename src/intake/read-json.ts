export type ReadJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON in UTF-8 (RFC 8259). A whole number with more digits than a number of JavaScript keeps becomes a text with all of them: it is a name,
 * and another one is another alert. The words NaN and Infinity, which Python and others write, become a number that is not finite,
 * so that the parser behind can name the field in which they stood.
 */
export function readJson(bytes: Uint8Array): ReadJson {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { ok: false, reason: 'is not valid UTF-8' };
  }
  if (text.trim() === '') return { ok: false, reason: 'is empty' };
  const plain = tryParse(text);
  if (plain.ok) return plain;
  const marked = withNumbersForWords(text);
  const second = marked === null ? plain : tryParse(marked);
  return second.ok ? second : { ok: false, reason: 'is not valid JSON' };
}

function tryParse(text: string): ReadJson {
  try {
    const isLong = manyDigits.test(text) && longNumber.test(text);
    return { ok: true, value: isLong ? parseKeepingDigits(text) : (JSON.parse(text) as unknown) };
  } catch {
    return { ok: false, reason: '' };
  }
}

/** Asking for the source of values takes four times as long, so it is done only where there is a long number. */
const manyDigits = /\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d/;
/** Where a value may stand. Written as it is, it takes seven times as long to look for as the one above. */
const longNumber = /[:[,\s]-?\d{16}/;

/** Of a body that is nested deeper than a reviver can walk, the digits are lost, but not the alerts beside it. */
function parseKeepingDigits(text: string): unknown {
  try {
    return JSON.parse(text, withAllDigits) as unknown;
  } catch (error) {
    if (error instanceof RangeError) return JSON.parse(text) as unknown;
    throw error;
  }
}

/** Source text access: https://tc39.es/proposal-json-parse-with-source/ */
function withAllDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return /^-?\d{16,}$/.test(source) ? source : value;
}

const words = ['-Infinity', 'Infinity', 'NaN'];

/** One pass, so that no text makes it slow. Null where there is no such word outside of strings. */
function withNumbersForWords(text: string): string | null {
  if (!text.includes('NaN') && !text.includes('Infinity')) return null;
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    } else if (char === 'N' || char === 'I' || char === '-') {
      const word = words.find((candidate) => text.startsWith(candidate, at));
      if (word === undefined) continue;
      out += `${text.slice(from, at)}1e999`;
      at += word.length - 1;
      from = at + 1;
    }
  }
  return out + text.slice(from);
}
