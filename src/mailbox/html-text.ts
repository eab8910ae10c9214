/** Elements whose end, or which themselves, end a line. */
const lineEnds = new Set(['br', 'p', 'div', 'tr', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'table', 'ul', 'ol', 'pre']);
/** What stands in them is no text of the mail. */
const silent = new Set(['head', 'style', 'script', 'title', 'blockquote']);

/**
 * By these the mail programs mark where their quote begins: Gmail, Outlook (web, mobile, Windows), Thunderbird, Yahoo, Proton. From replies that
 * they have made; none of it is documented.
 */
const quoteMarks = [
  'class="gmail_quote',
  'class="gmail_attr',
  'id="appendonsend"',
  'id="divRplyFwdMsg"',
  'id="mail-editor-reference-message-container"',
  'class="moz-cite-prefix"',
  'class="yahoo_quoted',
  'class="protonmail_quote',
  'style="border:none;border-top:solid #E1E1E1',
];

/** What a person wrote in HTML, as plain text: without elements that quote, in one pass whatever it meets. */
export function textOfHtml(html: string): string {
  const own = html.slice(0, startOfQuote(html));
  let text = '';
  let hasText = false;
  let silence: { readonly name: string; depth: number } | null = null;
  for (let at = 0; at < own.length;) {
    const open = own.indexOf('<', at);
    if (silence === null) {
      const piece = spaced(own.slice(at, open === -1 ? own.length : open));
      hasText ||= piece.trim() !== '';
      text += piece;
    }
    if (open === -1) break;
    const isComment = own.startsWith('<!--', open);
    const close = isComment ? own.indexOf('-->', open + 4) : own.indexOf('>', open);
    if (close === -1) break;
    const tag = isComment ? null : readTag(own.slice(open + 1, close));
    at = close + (isComment ? 3 : 1);
    if (tag === null) continue;
    if (silence !== null) {
      if (tag.name === silence.name) silence.depth += tag.isEnd ? -1 : 1;
      if (silence.depth === 0) silence = null;
    } else if (!tag.isEnd && silent.has(tag.name)) silence = { name: tag.name, depth: 1 };
    else if (lineEnds.has(tag.name) && (tag.isEnd || tag.name === 'br' || tag.name === 'hr' || hasText)) text += '\n';
  }
  return decoded(text);
}

/** The tag that the first of the marks stands in. */
function startOfQuote(html: string): number {
  const marks = quoteMarks.map((mark) => html.indexOf(mark)).filter((at) => at !== -1);
  return marks.length === 0 ? html.length : html.lastIndexOf('<', Math.min(...marks));
}

function readTag(inside: string): { readonly name: string; readonly isEnd: boolean } | null {
  const [, end = '', name = ''] = /^(\/?)([a-z][a-z0-9]*)/i.exec(inside) ?? [];
  return name === '' ? null : { name: name.toLowerCase(), isEnd: end === '/' };
}

/** Line breaks of the source are spaces. */
const spaced = (text: string): string => text.replaceAll(/[\r\n\t ]+/g, ' ');

/** Those that mail programs write for English and French. */
const entities: ReadonlyMap<string, string> = new Map(
  (
    'amp & lt < gt > quot " apos \' rsquo ’ lsquo ‘ laquo « raquo » hellip … ndash – mdash — agrave à acirc â ccedil ç egrave è eacute é ' +
    'ecirc ê euml ë icirc î iuml ï ocirc ô ugrave ù ucirc û uuml ü oelig œ Agrave À Ccedil Ç Egrave È Eacute É Ecirc Ê'
  )
    .split(' ')
    .flatMap((name, at, all): [string, string][] => (at % 2 === 0 ? [[name, all[at + 1] ?? '']] : []))
    .concat([['nbsp', ' ']]),
);

const decoded = (text: string): string =>
  text.replaceAll(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{2,8});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return entities.get(name) ?? whole;
    const point = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return point > 0 && point <= 0x10_ff_ff && (point < 0xd8_00 || point > 0xdf_ff) ? String.fromCodePoint(point) : '\uFFFD';
  });
