/** An address, or one sign. */
const pieces = /https?:\/\/[^\s<>]+|[\s\S]/gu;

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
  let isAfterAddress = false;
  for (const { 0: piece, index } of sound.matchAll(pieces)) {
    const isAddress = piece.length > 2;
    const next = sound.slice(index + piece.length, index + piece.length + 8);
    const shown = isAddress ? piece : freed(piece, { before: sound[index - 1] ?? '', next, startsLine });
    // A backslash would belong to the address, and free nothing.
    out += isAfterAddress && shown.startsWith('\\') ? ` ${shown}` : shown;
    if (out.length > limit) return `${cut}…`;
    if (out.length < limit) cut = out;
    startsLine = piece === '\n' || (startsLine && piece === ' ');
    isAfterAddress = isAddress;
  }
  return out;
}

/** Discord takes no empty title, name or value. */
export const plainOrDash = (text: string, limit: number): string => {
  const shown = plain(text, limit);
  return shown.trim() === '' ? '—' : shown;
};

/** What a link is called: a bracket would end it early. */
export const linkText = (text: string, limit: number): string => plainOrDash(text.replaceAll('[', '(').replaceAll(']', ')'), limit);

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
