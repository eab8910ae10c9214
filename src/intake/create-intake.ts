import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import type { Metrics } from '../observe/metrics.ts';
import { Deadline } from './deadline.ts';
import { GroupCommit } from './group-commit.ts';
import { IntakeUnavailable, type IncomingAlert, type Intake, type StoredAlert } from './intake.ts';
import { createAlertStore } from './store.ts';

/** A flush of this many takes some 40 ms on two cores. */
const maxFlush = 1_000;
/** A flush of this many is mostly its alerts; of fewer, mostly round trips and the wait for the disk. */
const worthwhileFlush = 128;
/** Beyond this many waiting alerts, senders are better told to come back than kept waiting. */
const maxBacklog = 20_000;
/** Senders wait about a second; after this they are told 503, and what they send again is known by its delivery id. */
const maxWaitMs = 900;
/** Who sends more than one flush holds waits longer for it: so much for each further flush. */
const moreWaitMs = 500;

export function createIntake({ database, log, metrics }: { database: Pick<Database, 'pool'>; log: Logger; metrics: Metrics }): Intake {
  const store = createAlertStore(database.pool);
  const commits = new GroupCommit<IncomingAlert, StoredAlert>({
    maxItems: maxFlush,
    worthwhileItems: worthwhileFlush,
    isFaultOfItems,
    async write(alerts) {
      const end = metrics.intakeFlushSeconds.startTimer();
      const stored = await store(alerts);
      end();
      metrics.intakeFlushSize.observe(alerts.length);
      return stored;
    },
  });
  const deadline = new Deadline(maxWaitMs, () => new IntakeUnavailable('Storing takes too long at the moment.', 2));
  let closed = false;

  return {
    async submit(alerts) {
      if (closed) throw new IntakeUnavailable('This process is stopping.', 1);
      if (alerts.length === 0) return [];
      if (commits.backlog + alerts.length > maxBacklog + maxFlush)
        throw new IntakeUnavailable('Too many alerts are waiting to be stored.', 5);
      try {
        return await deadline.within(commits.submit(alerts), moreWaitMs * (Math.ceil(alerts.length / maxFlush) - 1));
      } catch (error) {
        if (error instanceof IntakeUnavailable) throw error;
        log.error({ err: error }, 'alerts could not be stored');
        throw new IntakeUnavailable('Alerts cannot be stored at the moment.', 2);
      }
    },
    async close() {
      closed = true;
      await commits.drain();
    },
  };
}

/** SQLSTATE classes 22 (data) and 23 (constraint): only these depend on what was written. */
function isFaultOfItems(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.length === 5 && (code.startsWith('22') || code.startsWith('23'));
}
