import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { readHistories } from '../../src/archive/histories-file.ts';
import { replayBundle, replayRuns } from '../../src/archive/replay.ts';
import { replaceInHistory } from '../../src/erasure/history-texts.ts';
import { createReplacer, type PersonTexts } from '../../src/erasure/replacer.ts';
import { historiesDir, recordedCases } from '../replay/tape.ts';

Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined), telemetryOptions: { logging: { filter: 'OFF' } } });

const bundle = await replayBundle();
const pseudonym = 'erased-user-1a2b3c4d';
const ann: PersonTexts = { names: ['Ann', 'ann'], addresses: ['ann@example.com'], also: [], pseudonym };
/** Whatever they are called: words that the program has for something else. */
const awkward: PersonTexts = {
  ...ann,
  names:
    'user system page api sent done failed skipped waiting firing resolved worse event level levels fallback notice pending acknowledge comment assign quiet off TRIGGERED RESOLVED SMTP record sendPage 1 true data at_once'.split(
      ' ',
    ),
};

/** With the payloads in plain. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (name, member: unknown) =>
    name === 'data' && typeof member === 'string' ? Buffer.from(member, 'base64').toString('utf8') : member,
  );

it.each(await recordedCases())('%s', async (name) => {
  const runs = await readHistories(join(historiesDir, `${name}.json.gz`));
  for (const person of [ann, awkward]) {
    const replacer = createReplacer(person);
    const replaced = runs.map((run) => ({ ...run, history: JSON.parse(replaceInHistory(JSON.stringify(run.history), replacer)) }));
    for await (const { differences, events } of replayRuns(replaced, bundle)) {
      expect(differences).toEqual([]);
      expect(events).toBeGreaterThan(0);
    }
    const twice = replaced.map(({ history }) => replaceInHistory(JSON.stringify(history), replacer));
    expect(twice).toEqual(replaced.map(({ history }) => JSON.stringify(history)));
    if (person === ann) expect(plain(replaced).match(/.{30}\bann\b.{30}/gi)).toBe(null);
  }
});
