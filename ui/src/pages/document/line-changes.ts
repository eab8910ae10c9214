export interface LineChange {
  readonly kind: 'same' | 'added' | 'removed';
  readonly line: string;
}

/** Comparing takes a cell for each pair of lines; beyond it, all that differs counts as replaced. */
const mostCells = 1_000_000;

/** What became of a text, line by line: the longest common subsequence stays. */
export function lineChanges(before: string, after: string): LineChange[] {
  const was = linesOf(before);
  const is = linesOf(after);
  let head = 0;
  while (head < was.length && head < is.length && was[head] === is[head]) head++;
  let tail = 0;
  while (tail < was.length - head && tail < is.length - head && was.at(-1 - tail) === is.at(-1 - tail)) tail++;
  const same = (line: string): LineChange => ({ kind: 'same', line });
  return [
    ...is.slice(0, head).map(same),
    ...middleChanges(was.slice(head, was.length - tail), is.slice(head, is.length - tail)),
    ...is.slice(is.length - tail).map(same),
  ];
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'));

function middleChanges(was: readonly string[], is: readonly string[]): LineChange[] {
  const changes: LineChange[] = [];
  const removed = (line: string): void => void changes.push({ kind: 'removed', line });
  const added = (line: string): void => void changes.push({ kind: 'added', line });
  if (was.length * is.length > mostCells) {
    was.forEach(removed);
    is.forEach(added);
    return changes;
  }
  // common[a][b]: how many lines was[a…] and is[b…] have in common.
  const common = Array.from({ length: was.length + 1 }, () => new Uint32Array(is.length + 1));
  const at = (a: number, b: number): number => common[a]?.[b] ?? 0;
  for (let a = was.length - 1; a >= 0; a--) {
    for (let b = is.length - 1; b >= 0; b--) {
      (common[a] as Uint32Array)[b] = was[a] === is[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
    }
  }
  let [a, b] = [0, 0];
  while (a < was.length || b < is.length) {
    if (a < was.length && b < is.length && was[a] === is[b]) {
      changes.push({ kind: 'same', line: is[b] ?? '' });
      a++;
      b++;
    } else if (b >= is.length || (a < was.length && at(a + 1, b) >= at(a, b + 1))) removed(was[a++] ?? '');
    else added(is[b++] ?? '');
  }
  return changes;
}
