/** How a person is called in what IMAS keeps, and what stands there once they are erased. */
export interface PersonTexts {
  /** Display name and username. */
  readonly names: readonly string[];
  /** Mail address, phone number, and where their contact methods lead. */
  readonly addresses: readonly string[];
  /** Other words that are to be replaced wherever they stand. */
  readonly also: readonly string[];
  /** What names become; the n-th address becomes this and `-n`. */
  readonly pseudonym: string;
}

export interface Replacer {
  text(text: string, key?: string): string;
  /** Of any JSON value; the same value when nothing in it is the person's. */
  json(value: unknown, key?: string): unknown;
  /** What replaced texts contain in lower case, to find candidates by. */
  readonly needles: readonly string[];
}

/** Members that hold a word of the program, whatever somebody is called. */
const codes = new Set(
  `type code kind via status state severity worst was outcome purpose mode for stage event source origin provider_type providerType
   war_room auto_resolve grouping_key fingerprint body_hash content_type channel fault activity_type`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
/** Members that name something. An address may be part of the name, a person's name is not. */
const ids = /(?:^|_)(?:id|ids|key|keys)$|(?:Id|Ids|Key)$/;
/** Members that hold sentences of the versions before, with names in them, or what others said of a failure. */
const sentences = new Set(['message', 'body', 'text_body', 'reason', 'reasons', 'detail', 'error', 'cure', 'stackTrace']);

/**
 * Names of several words, addresses and @username are replaced as whole words in every text. A name of one word may be a word of any
 * language, or part of somebody else's name: it is replaced where it stands alone, as of an author or assignee, and in sentences that
 * IMAS wrote.
 */
export function createReplacer({ names, addresses, also, pseudonym }: PersonTexts): Replacer {
  const single = names.filter((name) => !/\s/.test(name));
  const several = names.filter((name) => /\s/.test(name));
  const become = new Map<string, string>([
    ...[...names, ...also].map((text) => [text.toLowerCase(), pseudonym] as const),
    ...single.map((name) => [`@${name.toLowerCase()}`, `@${pseudonym}`] as const),
    ...addresses.map((address, n) => [address.toLowerCase(), `${pseudonym}-${n + 1}`] as const),
  ]);
  const asName = ['(?<![\\p{L}\\p{N}-])', '(?![\\p{L}\\p{N}-]|\\.\\p{L})'] as const;
  const anywhere = [
    oneOf(addresses, ['(?<![\\p{L}\\p{N}._%+-])', '(?![\\p{L}\\p{N}-]|\\.\\p{L})'], 'giu'),
    oneOf([...several, ...also, ...single.map((name) => `@${name}`)], asName, 'giu'),
  ];
  const inSentences = oneOf(single, asName, 'gu');

  const replace = (text: string, pattern: RegExp | null): string =>
    pattern === null ? text : text.replace(pattern, (found) => become.get(found.toLowerCase()) ?? pseudonym);

  function text(given: string, key = ''): string {
    if (codes.has(key)) return given;
    const done = replace(replace(given, anywhere[0] ?? null), anywhere[1] ?? null);
    if (ids.test(key)) return done;
    if (single.includes(done)) return pseudonym;
    return sentences.has(key) ? replace(done, inSentences) : done;
  }

  function json(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return text(value, key);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const items = value.map((item) => json(item, key));
      return items.some((item, n) => item !== value[n]) ? items : value;
    }
    const entries = Object.entries(value).map(([name, member]) => [text(name, 'id'), json(member, name)] as const);
    const changed = Object.entries(value).some(([name, member], n) => entries[n]?.[0] !== name || entries[n][1] !== member);
    return changed ? Object.fromEntries(entries) : value;
  }

  return { text, json, needles: [...new Set([...names, ...addresses, ...also].map((one) => one.toLowerCase()))] };
}

/** The longest first: one may be the beginning of another. */
function oneOf(texts: readonly string[], [before, after]: readonly [string, string], flags: string): RegExp | null {
  if (texts.length === 0) return null;
  const alternatives = texts.toSorted((one, other) => other.length - one.length).map((one) => one.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`${before}(?:${alternatives.join('|')})${after}`, flags);
}
