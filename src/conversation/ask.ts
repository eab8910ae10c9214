import { severities, type Severity } from '../domain/vocabulary.ts';

/** What somebody in a chat wants, read from what they wrote. `incident` is null where they named none: in a war room it is the room's. */
export type Ask =
  | { readonly do: 'help' }
  | { readonly do: 'list' }
  | { readonly do: 'create'; readonly title: string }
  | { readonly do: 'on_call'; readonly team: string }
  | { readonly do: 'link'; readonly code: string }
  | { readonly do: 'status'; readonly incident: string | null }
  | {
      readonly do: 'act';
      readonly act: 'acknowledge' | 'resolve' | 'reopen' | 'escalate';
      readonly incident: string | null;
      readonly note: string;
    }
  | { readonly do: 'comment'; readonly incident: string | null; readonly text: string }
  | { readonly do: 'severity'; readonly incident: string | null; readonly severity: Severity | null; readonly given: string }
  | { readonly do: 'scope'; readonly incident: string | null; readonly name: string }
  | { readonly do: 'assign'; readonly incident: string | null; readonly who: string }
  | { readonly do: 'unknown'; readonly text: string };

const acts: ReadonlyMap<string, 'acknowledge' | 'resolve' | 'reopen' | 'escalate'> = new Map([
  ['ack', 'acknowledge'],
  ['acknowledge', 'acknowledge'],
  ['resolve', 'resolve'],
  ['close', 'resolve'],
  ['reopen', 'reopen'],
  ['escalate', 'escalate'],
]);

const shortId = /^(?:INC-)?[A-Z0-9]{6}$/i;

/** `incident ack INC-A1B2C3`, and as well without `incident`, as people write at 3 a.m.: any case, any spaces. */
export function readAsk(text: string): Ask {
  const words = text.trim().split(/\s+/).filter(Boolean);
  if (words[0]?.toLowerCase() === '/imas') words.shift();
  if (words[0]?.toLowerCase() === 'incident' || words[0]?.toLowerCase() === 'incidents') words.shift();
  const verb = words.shift()?.toLowerCase() ?? 'help';
  const act = acts.get(verb);
  if (act !== undefined) return { do: 'act', act, ...readNamed(words, (note) => ({ note })) };
  switch (verb) {
    case 'help':
    case '?':
      return { do: 'help' };
    case 'list':
      return { do: 'list' };
    case 'create':
    case 'new':
      return { do: 'create', title: words.join(' ') };
    case 'oncall':
    case 'on-call':
      return { do: 'on_call', team: words.join(' ') };
    case 'link':
      return { do: 'link', code: words[0] ?? '' };
    case 'status':
    case 'show':
      return { do: 'status', ...readNamed(words, () => ({})) };
    case 'comment':
    case 'note':
      return { do: 'comment', ...readNamed(words, (rest) => ({ text: rest })) };
    case 'severity':
      return { do: 'severity', ...readNamed(words, (given) => ({ severity: severityOf(given), given })) };
    case 'scope':
      return { do: 'scope', ...readNamed(words, (name) => ({ name })) };
    case 'assign':
      return { do: 'assign', ...readNamed(words, (who) => ({ who: who === '' ? 'me' : who })) };
    default:
      return { do: 'unknown', text };
  }
}

function readNamed<T>(words: readonly string[], read: (rest: string) => T): T & { readonly incident: string | null } {
  const [first = ''] = words;
  // Six letters may be a word of a note; alone they are hardly one.
  const names = shortId.test(first) && (/\d|^INC-/i.test(first) || first === first.toUpperCase() || words.length === 1);
  const incident = names ? `INC-${first.toUpperCase().replace(/^INC-/, '')}` : null;
  return { ...read((names ? words.slice(1) : words).join(' ')), incident };
}

/** `SEV1`, `1`, `SEV1_CRITICAL`, `critical`. */
function severityOf(given: string): Severity | null {
  const word = given.trim().toUpperCase();
  const [first] = severities.filter((severity) => {
    const [level = '', name] = severity.split('_');
    return word !== '' && [severity, level, level.slice(3), name].includes(word);
  });
  return first ?? null;
}
