import { ann } from './people.ts';
import type { Recipients } from './recipients.ts';

/**
 * Whether the people and the systems of the first level have heard of a group's incident. It reads each arrival once: looking through all
 * of them for every alert took the time of a busy machine, until a long trial no longer heard what its own servers said.
 */
export function createHearsay({
  mails,
  calls,
}: Recipients): (group: { readonly name: string; readonly incidentId: string | null }) => boolean {
  const named = new Set<string>();
  const called = new Set<string>();
  let mailsRead = 0;
  let callsRead = 0;
  return ({ name, incidentId }) => {
    for (; mailsRead < mails.length; mailsRead += 1) {
      const { to, subject } = mails[mailsRead]!;
      const trial = / (\S+) fires$/.exec(subject)?.[1];
      if (to === ann && trial !== undefined) named.add(trial);
    }
    for (; callsRead < calls.length; callsRead += 1) called.add(calls[callsRead]!.incidentId);
    return named.has(name) && called.has(incidentId ?? '');
  };
}
