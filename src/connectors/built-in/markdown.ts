import { oneLine } from '../notification-text.ts';

/** Captured, so that splitting by it keeps the addresses, each after the text before it. */
const addresses = /(https?:\/\/[^\s<>"]+)/;

/** One line in which nothing is Markdown: no heading, list, table cell, link or HTML; but web addresses stay such. */
export const plain = (text: string): string =>
  oneLine(text)
    .split(addresses)
    .map((part, index) => (index % 2 === 1 ? part.replaceAll(/[\\`*[\]|]/g, encoded) : escaped(part)))
    .join('');

/** CommonMark §2.4: punctuation after a backslash is that character and nothing else. */
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|#>~!]/g, (mark) => `\\${mark}`);

const encoded = (mark: string): string => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;

/** A text of several lines, as it is, in a quote. */
export const plainQuote = (text: string): string =>
  quote(
    linesOf(text)
      .map((line) =>
        plain(line)
          .replace(/^[-+=]/, '\\$&')
          .replace(/^(\d{1,9})([.)])/, '$1\\$2'),
      )
      .join('\\\n'),
  );

/** Markdown in a quote: whatever it opens ends with the quote. */
export const quote = (markdown: string, indent = ''): string =>
  linesOf(markdown)
    .map((line) => (line.trim() === '' ? `${indent}>` : `${indent}> ${line}`))
    .join('\n');

/** Null for what is no http(s) address. */
export function link(name: string, address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const { href, protocol } = new URL(address);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  return `[${plain(name)}](${href.replaceAll(/[()<>|]/g, encoded)})`;
}

export const table = (rows: readonly (readonly [string, string])[]): string =>
  ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');

const linesOf = (text: string): string[] => text.split(/\r\n|[\r\n]/);
