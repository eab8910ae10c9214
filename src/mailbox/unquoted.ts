/** Of a mail's text what its sender wrote, above and below what it quotes. Their signature is left out. */
export function unquoted(text: string): string {
  const lines = text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\u00A0\u202F]/g, ' ')
    .split('\n')
    .slice(0, mostLines);
  const own: string[] = [];
  for (let at = 0; at < lines.length;) {
    const line = (lines[at] as string).slice(0, longestLine);
    const attribution = attributionAt(lines, at);
    if (isQuoted(line)) at++;
    else if (attribution > 0) {
      const next = lines.slice(at + attribution).find((one) => one.trim() !== '');
      // Where the quote is marked, the answer may stand below it; where it is not, nothing tells it from an answer.
      if (next === undefined || !isQuoted(next)) break;
      at += attribution;
    } else if (endsHere(lines, at)) break;
    else {
      own.push(line);
      at++;
    }
  }
  return withoutSentFrom(own)
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

const mostLines = 20_000;
/** Characters; no comment is as long. */
const longestLine = 20_000;

const isQuoted = (line: string): boolean => line.startsWith('>');

/** `-- ` begins a signature (RFC 3676 §4.3); some programs take the space away. Below the others stands another mail. */
const separators = [
  /^-- ?$/,
  /^-{2,10} ?(?:Original Message|Message d['’]origine|Original message|Message original|Forwarded message|Message transféré) ?-{2,10}$/,
];

const endsHere = (lines: readonly string[], at: number): boolean => {
  const line = (lines[at] as string).trimEnd().slice(0, 200);
  return separators.some((separator) => separator.test(line)) || isHeaderBlock(lines, at) || (isRule(line) && isHeaderBlock(lines, at + 1));
};

const isRule = (line: string): boolean => /^_{10,100}$/.test(line);

const from = /^\*?(?:From|De) ?: ?\*?/;
const others = /^\*?(?:Sent|Date|To|Subject|Cc|Envoyé(?: le)?|À|A|Objet) ?: ?\*?/;

/** Outlook puts the headers of the mail above its text, in its language. One of them alone may be a sentence. */
function isHeaderBlock(lines: readonly string[], at: number): boolean {
  if (!from.test(lines[at] ?? '')) return false;
  return lines.slice(at + 1, at + 6).filter((line) => others.test(line)).length >= 2;
}

const mostAttributionLines = 4;

/** How many lines say who wrote what is quoted below, as `On 28 Nov 2026, at 10:02, IMAS <…> wrote:` does: 0 where these say no such thing. */
function attributionAt(lines: readonly string[], at: number): number {
  if (!/^(?:On|Le) /.test(lines[at] ?? '')) return 0;
  let joined = '';
  for (let count = 1; count <= mostAttributionLines; count++) {
    const line = lines[at + count - 1]?.trim() ?? '';
    if (line === '') return 0;
    joined = `${joined} ${line.slice(0, 300)}`;
    if (/(?:wrote|a écrit) ?:$/.test(joined)) return /\d/.test(joined) ? count : 0;
  }
  return 0;
}

/** What phones add by themselves, at the end and without the line that begins a signature. */
const sentFrom =
  /^(?:Sent from (?:my|Outlook|Yahoo|Proton)|Get Outlook for|Envoyé (?:de mon|depuis mon|à partir de)|Télécharger Outlook pour|Obtenez Outlook pour)/i;

function withoutSentFrom(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return last !== -1 && sentFrom.test((lines[last] as string).trim()) ? lines.slice(0, last) : lines;
}
