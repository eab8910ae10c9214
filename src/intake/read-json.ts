export type ReadJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON in UTF-8 (RFC 8259). The words NaN and Infinity, which Python and others write, become a number that is not finite,
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
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, reason: '' };
  }
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
