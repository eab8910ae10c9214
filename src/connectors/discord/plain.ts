const address = String.raw`https?:\/\/[^\s<>]+`;
const pieces = new RegExp(`${address}|[\\s\\S]`, 'gu');

/**
 * People's text, as Discord shows it unchanged: no Markdown, mention, emoji or timestamp is made of it
 * (docs.discord.com/developers/reference, message formatting). Addresses stay links. A backslash frees the sign after it.
 * @param limit UTF-16 units of what comes out, which is never more characters than Discord counts
 */
export function plain(text: string, limit: number): string {
  const sound = text.toWellFormed();
  let out = '';
  let cut = '';
  let startsLine = true;
  for (const { 0: piece, index } of sound.matchAll(pieces)) {
    const next = sound.slice(index + piece.length, index + piece.length + 8);
    out += piece.length > 2 ? piece : freed(piece, { before: sound[index - 1] ?? '', next, startsLine });
    if (out.length > limit) return `${cut}…`;
    if (out.length < limit) cut = out;
    startsLine = piece === '\n' || (startsLine && piece === ' ');
  }
  return out;
}

function freed(sign: string, { before, next, startsLine }: { before: string; next: string; startsLine: boolean }): string {
  return needsFreeing(sign, before, next, startsLine) ? `\\${sign}` : sign;
}

function needsFreeing(sign: string, before: string, next: string, startsLine: boolean): boolean {
  if ('\\*~`|<['.includes(sign)) return true;
  // Within a word it means nothing: names like redis_prod_1 stay readable where backslashes show, as in a phone's notification.
  if (sign === '_') return !(isOfWord(before) && isOfWord(next[0] ?? ''));
  if (sign === '@') return /^(everyone|here)/.test(next);
  return startsLine && '#>-'.includes(sign);
}

const isOfWord = (sign: string): boolean => /[\p{L}\p{N}]/u.test(sign);
