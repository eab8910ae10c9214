/** Reads `key` with `read`, or takes what somebody else reads of the same key, if that read has not begun yet. */
export type SharedReads = <T>(key: string, read: () => Promise<T>) => Promise<T>;

interface Reading {
  readonly current: Promise<unknown>;
  next: Promise<unknown> | null;
}

/**
 * When something changes, every open page asks for the same at the same moment. Of equal reads one is under way and one
 * waits for it, however many ask: an answer is always read after it was asked for, so that whoever has just written
 * sees it. Nothing is kept.
 */
export function createSharedReads(): SharedReads {
  const readings = new Map<string, Reading>();

  function begin<T>(key: string, read: () => Promise<T>): Promise<T> {
    const current = read();
    const reading: Reading = { current, next: null };
    readings.set(key, reading);
    const ended = (): void => {
      if (reading.next === null && readings.get(key) === reading) readings.delete(key);
    };
    current.then(ended, ended);
    return current;
  }

  return function shared<T>(key: string, read: () => Promise<T>): Promise<T> {
    const reading = readings.get(key);
    if (reading === undefined) return begin(key, read);
    const after = (): Promise<T> => begin(key, read);
    reading.next ??= reading.current.then(after, after);
    return reading.next as Promise<T>;
  };
}
