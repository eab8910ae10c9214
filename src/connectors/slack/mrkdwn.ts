import { trimEndOf } from '../../domain/trim-end.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** These three and no others: docs.slack.dev/messaging/formatting-message-text#escaping. What is escaped mentions nobody. */
export const escape = (text: string): string => text.replaceAll(/[&<>]/g, (character) => entities[character] as string);

const url = /https?:\/\/[^\s<>|"'`]{1,2000}/gi;

/**
 * A text from outside, so that it shows as it is, mentions nobody, and its addresses can be followed.
 * @param limit characters of what comes out, since escaping makes up to five of one; what is longer ends in `…`
 */
export function mrkdwn(text: string, limit: number): string {
  let written = '';
  let before = '';
  for (const piece of piecesOf(text)) {
    if (written.length + piece.length > limit) return written.length < limit ? `${written}…` : `${before}…`;
    before = written;
    written += piece;
  }
  return written;
}

/** None of them may be cut. */
function* piecesOf(text: string): Generator<string> {
  let at = 0;
  for (const { 0: found, index } of text.matchAll(url)) {
    yield* Array.from(text.slice(at, index), escape);
    const address = trimEndOf(found, '.,;:!?)]}*_~');
    yield `<${escape(address)}>`;
    at = index + address.length;
  }
  yield* Array.from(text.slice(at), escape);
}

/** An address with a name. `|` would end the address. */
export const link = (address: string, name: string): string => `<${escape(address.replaceAll('|', '%7C'))}|${escape(name)}>`;
