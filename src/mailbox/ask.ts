import { shorten } from '../domain/shorten.ts';
import { trimEndOf } from '../domain/trim-end.ts';
import { unquoted } from './unquoted.ts';

/** What somebody wants by a mail. */
export type MailAsk = { readonly do: 'acknowledge' | 'resolve' } | { readonly do: 'comment'; readonly text: string };

const commands: ReadonlyMap<string, 'acknowledge' | 'resolve'> = new Map([
  ...['ack', 'acknowledge', 'acknowledged', 'acquitter', 'acquitte', 'pris'].map((word) => [word, 'acknowledge'] as const),
  ...['resolve', 'resolved', 'resolu', 'resoudre'].map((word) => [word, 'resolve'] as const),
]);

/** Characters, as the API takes them. */
const longestComment = 10_000;

/** A command alone on the first line that is no quote, else all of it as a comment. Null where there is nothing. */
export function readAsk(text: string): MailAsk | null {
  const own = unquoted(text);
  if (own === '') return null;
  const command = commands.get(wordOf(own.split('\n', 1)[0] as string));
  return command === undefined ? { do: 'comment', text: shorten(own, longestComment) } : { do: command };
}

/** As people type on phones: any case, with or without accents, a `/` before it and punctuation behind. `Resolved?` asks, and does nothing. */
function wordOf(line: string): string {
  if (line.length > 40) return '';
  const plain = line
    .replace(/^\s*\/?/, '')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase();
  return trimEndOf(plain, ' \t.,;:!…');
}
