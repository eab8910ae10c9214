import { isInGsm7 } from '../../domain/sms-parts.ts';

/** What Unicode's compatibility decomposition knows nothing of. */
const written: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '′': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '″': '"',
  '«': '"',
  '»': '"',
  '‹': '<',
  '›': '>',
  '‐': '-',
  '‑': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '•': '-',
  '·': '-',
  '→': '->',
  '←': '<-',
  '⇒': '=>',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '×': 'x',
  '÷': '/',
  '`': "'",
  '´': "'",
  '°': 'o',
  œ: 'oe',
  Œ: 'OE',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ı: 'i',
  '\t': ' ',
};

/**
 * The same text in the alphabet of phones (GSM-7): accents that it lacks are left out, quotes and dashes become plain, emoji and other
 * signs go. Null where letters or digits would be lost, as those of another script.
 */
export function toGsm7(text: string): string | null {
  const characters = Array.from(text).map(plainly);
  return characters.includes(null) ? null : characters.join('').replaceAll(/ {2,}/g, ' ');
}

function plainly(character: string): string | null {
  if (isInGsm7(character)) return character;
  const known = written[character];
  if (known !== undefined) return known;
  const apart = Array.from(character.normalize('NFKD').replace(/\p{M}+/gu, ''));
  const plain = apart.map((part) => (isInGsm7(part) ? part : (written[part] ?? '')));
  if (apart.some((part, i) => /[\p{L}\p{N}]/u.test(part) && plain[i] === '')) return null;
  return plain.join('');
}
