/** One result of one method: `dmarc=pass (p=none) header.from=example.com`. */
interface MethodResult {
  readonly method: string;
  readonly result: string;
  /** By `ptype.property`, in lower case. */
  readonly properties: ReadonlyMap<string, string>;
}

interface Results {
  readonly authservId: string;
  readonly results: readonly MethodResult[];
}

/**
 * Whether the mail server of that name says that the sender's domain vouches for the mail. Only the topmost header counts: whatever stands below
 * may have come with the mail, since a server puts its own above what it got (RFC 8601 §5 has it remove others of its name, which not all do).
 * @param headers values of `Authentication-Results`, topmost first
 * @param domain of the address in `From`
 */
export function passedDmarc(headers: readonly string[], authservId: string, domain: string): boolean {
  const [topmost] = headers;
  const read = topmost === undefined ? null : readResults(topmost);
  if (read === null || read.authservId !== authservId.toLowerCase()) return false;
  const dmarc = read.results.filter(({ method }) => method === 'dmarc');
  return (
    dmarc.length > 0 && dmarc.every(({ result, properties }) => result === 'pass' && properties.get('header.from') === domain.toLowerCase())
  );
}

/** Characters. Those of large providers have a few hundred. */
const longestHeader = 16_384;

/** RFC 8601 §2.2. Null for what is none: then it says nothing. */
function readResults(value: string): Results | null {
  const parts = value.length > longestHeader ? null : splitParts(value);
  if (parts === null) return null;
  const [[authservId = '', version, ...rest] = [], ...infos] = parts;
  if (authservId === '' || authservId.includes('=') || rest.length > 0 || (version !== undefined && version !== '1')) return null;
  return { authservId: authservId.toLowerCase(), results: infos.flatMap(readResult) };
}

function readResult([first = '', ...more]: readonly string[]): MethodResult[] {
  const [method, result] = cut(first);
  if (result === undefined) return [];
  const properties = more.flatMap((word): [string, string][] => {
    const [name, given] = cut(word);
    return given === undefined ? [] : [[name.toLowerCase(), given.toLowerCase()]];
  });
  return [{ method: method.replace(/\/\d{1,3}$/, '').toLowerCase(), result: result.toLowerCase(), properties: new Map(properties) }];
}

function cut(word: string): [string, string?] {
  const at = word.indexOf('=');
  return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

/**
 * Words of each part between semicolons. Comments (RFC 5322 §3.2.2, which nest) are left out, and so are quotes around strings; a space beside a `=` is
 * none. Null where a comment or a string does not end.
 */
function splitParts(value: string): string[][] | null {
  const parts: string[][] = [[]];
  let word = '';
  let depth = 0;
  let isQuoted = false;
  const endWord = (): void => {
    if (word !== '') (parts.at(-1) as string[]).push(word);
    word = '';
  };
  for (let at = 0; at < value.length; at++) {
    const char = value[at] as string;
    if (char === '\\' && (depth > 0 || isQuoted)) {
      at++;
      if (isQuoted) word += value[at] ?? '';
    } else if (isQuoted) {
      if (char === '"') isQuoted = false;
      else word += char;
    } else if (char === '(') depth++;
    else if (depth > 0) {
      if (char === ')') depth--;
    } else if (char === '"') isQuoted = true;
    else if (char === ';') {
      endWord();
      parts.push([]);
    } else if (/\s/.test(char)) {
      if (!word.endsWith('=') && !/^\s*=/.test(value.slice(at, at + 20))) endWord();
    } else word += char;
  }
  endWord();
  return depth > 0 || isQuoted ? null : parts;
}
