import { EgressFailed, type Egress } from '../../egress/egress.ts';
import { holdConnection, type Dispatch, type Ending, type Session } from './gateway-connection.ts';
import { openIntents } from './intents.ts';
import { refusedByGateway } from './listening-ended.ts';
import { sleep, type Patience } from './patience.ts';
import type { Entrance } from './shapes.ts';

export interface Listening {
  readonly door: Egress;
  readonly token: string;
  readonly intents: number;
  readonly signal: AbortSignal;
  readonly patience: Patience;
  /** Where a session begins; null where the signal ended the asking. */
  enter(): Promise<Entrance | null>;
  onDispatch(dispatch: Dispatch): void;
}

/** Close codes after which another try would be refused as well (docs.discord.com/developers/topics/opcodes-and-status-codes). */
const refusals: ReadonlySet<number> = new Set([4004, 4010, 4011, 4012, 4013, 4014]);
const disallowedIntents = 4014;

/** Of the 1,000 sessions that may begin in a day; whoever begins one more loses the bot's token (docs.discord.com/developers/events/gateway, identifying). */
const spared = 10;

/**
 * Stays connected, one connection after another, until the signal ends it. What happened in between comes when a session is taken up again.
 * @throws ListeningEnded when Discord refuses for good, EgressRefused
 */
export async function stayConnected({ door, token, signal, patience, enter, onDispatch, ...asked }: Listening): Promise<void> {
  let { intents } = asked;
  let session: Session | null = null;
  let failures = 0;
  while (!signal.aborted) {
    const url: string | null = session === null ? await entrance(enter, signal) : session.url;
    if (url === null) return;
    const ending: Ending = await holdConnection({ door, url, token, intents, session, signal, onDispatch }).catch(notOpened);
    const { code } = ending;
    session = ending.session;
    failures = ending.wasReady ? 0 : failures + 1;
    if (code === disallowedIntents && intents !== openIntents) {
      // What people write is not told then; all else is.
      intents = openIntents;
    } else if (code !== null && refusals.has(code)) throw refusedByGateway(code);
    await sleep(patience.pauseMs(failures), signal);
  }
}

/** Where a session cannot be taken up again, a new one begins. */
function notOpened(error: unknown): Ending {
  if (error instanceof EgressFailed) return { code: null, session: null, wasReady: false };
  throw error;
}

async function entrance(enter: Listening['enter'], signal: AbortSignal): Promise<string | null> {
  for (;;) {
    const way = await enter();
    if (way === null || signal.aborted) return null;
    if (way.session_start_limit.remaining > spared) return way.url;
    await sleep(way.session_start_limit.reset_after, signal);
  }
}
