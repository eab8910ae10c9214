import { createMiddleware } from 'hono/factory';
import { fieldPath } from '../domain/field-path.ts';
import { invalid } from './problem.ts';
import type { ApiEnv } from './env.ts';

const reason = 'holds a character that cannot be stored: NUL, or half of a surrogate pair';

/**
 * Refuses what JSON and URLs can carry and nobody behind can bear, so that no handler meets it: nesting without end, and what
 * Postgres cannot keep: NUL (postgresql.org, "Character
 * Types") and halves of surrogate pairs, which jsonb refuses and text would change.
 */
export const storable = createMiddleware<ApiEnv>(async function storable(c, next) {
  if (/%00/.test(c.req.url)) throw invalid([{ field: 'URL', reason }]);
  if (/\bjson\b/i.test(c.req.header('content-type') ?? '')) {
    // Handlers read this same text again: it is kept.
    const text = await c.req.text();
    if (isDeep(text)) throw invalid([{ field: 'body', reason: `is nested more than ${maxDepth} levels deep` }]);
    const field = unstorableField(text);
    if (field !== null) throw invalid([{ field, reason }]);
  }
  await next();
});

/** No body of this API has a use for more, and whoever walks down a body (schemas, masks, JSON) does it on the stack. */
const maxDepth = 64;

/** One pass over the text; what stands in strings does not count. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    } else if (char === '[' || char === '{') {
      if (++depth > maxDepth) return true;
    } else if (char === ']' || char === '}') depth--;
  }
  return false;
}

/** The path of the first value or name that cannot be stored; null where there is none, and for what is no JSON. */
function unstorableField(text: string): string | null {
  // Both can only be written as escapes: raw ones are no valid JSON, and no valid UTF-8.
  if (!/\\u(0000|d[89a-f])/i.test(text)) return null;
  try {
    return firstUnstorable(JSON.parse(text) as unknown, []);
  } catch {
    return null;
  }
}

function firstUnstorable(value: unknown, path: readonly PropertyKey[]): string | null {
  if (typeof value === 'string') return isStorable(value) ? null : fieldPath(path);
  if (typeof value !== 'object' || value === null) return null;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [name, item] of entries) {
    if (typeof name === 'string' && !isStorable(name)) return fieldPath(path);
    const found = firstUnstorable(item, [...path, name]);
    if (found !== null) return found;
  }
  return null;
}

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
