import { platform } from 'node:os';
import { z } from 'zod';
import type { Egress } from '../../egress/egress.ts';
import { keepingSession, startHeart, type Heart } from './gateway-heart.ts';
import { op, openLine, type Line, type Payload } from './gateway-line.ts';

/** What a connection that broke is taken up again with. */
export interface Session {
  readonly id: string;
  readonly url: string;
  /** Number of the last event. */
  readonly sequence: number;
}

/** An event, by Discord's name for it. */
export interface Dispatch {
  readonly name: string;
  readonly data: unknown;
  /** The same when it is told again. */
  readonly id: string;
}

export interface Connecting {
  readonly door: Egress;
  /** Of the session, where one is taken up again. */
  readonly url: string;
  readonly token: string;
  readonly intents: number;
  readonly session: Session | null;
  readonly signal: AbortSignal;
  onDispatch(dispatch: Dispatch): void;
}

export interface Ending {
  /** Discord's close code, where it closed. */
  readonly code: number | null;
  /** Null where the next connection has to begin anew. */
  readonly session: Session | null;
  /** Whether Discord had let us in. */
  readonly wasReady: boolean;
}

const Hello = z.object({ heartbeat_interval: z.number().positive() });
const Ready = z.object({ session_id: z.string(), resume_gateway_url: z.string() });

/** Milliseconds. */
const helloWithinMs = 30_000;

/** After these there is nothing to take up again (docs.discord.com/developers/topics/opcodes-and-status-codes, and what discord.js does). */
const endsSession: ReadonlySet<number> = new Set([1000, 1001, 4003, 4004, 4005, 4007, 4008, 4009, 4010, 4011, 4012, 4013, 4014]);

/**
 * One connection to the Gateway, until either side ends it (docs.discord.com/developers/events/gateway, connection lifecycle).
 * @throws EgressRefused, EgressFailed when it cannot be opened
 */
export async function holdConnection({ door, url, token, intents, session: before, signal, onDispatch }: Connecting): Promise<Ending> {
  const line = await openLine(door, url, signal);
  let session = before;
  let sequence = before?.sequence ?? null;
  let wasReady = false;
  let heart: Heart | null = null;

  const take = ({ op: code, d: data, s: number, t: name }: Payload): void => {
    switch (code) {
      case op.hello:
        heart = startHeart(line, Hello.parse(data).heartbeat_interval, () => sequence);
        return greet(line, token, intents, before);
      case op.dispatch: {
        sequence = number ?? sequence;
        const ready = name === 'READY' ? Ready.parse(data) : null;
        if (ready !== null) session = { id: ready.session_id, url: ready.resume_gateway_url, sequence: 0 };
        wasReady ||= name === 'READY' || name === 'RESUMED';
        return onDispatch({ name: name ?? '', data, id: `${session?.id ?? ''}/${sequence}` });
      }
      case op.heartbeat:
        return heart?.beat();
      case op.acknowledged:
        return heart?.acknowledged();
      case op.invalidSession:
        if (data !== true) session = null;
        return line.close(keepingSession);
      case op.reconnect:
        return line.close(keepingSession);
      default:
    }
  };

  const leave = (): void => line.close(1000);
  signal.addEventListener('abort', leave);
  if (signal.aborted) leave();
  const silence = setTimeout(() => line.close(keepingSession), helloWithinMs);
  try {
    for (let payload = await line.next(); payload !== null; payload = await line.next()) {
      clearTimeout(silence);
      take(payload);
    }
    const { closedWith: code } = line;
    const isOver = session === null || sequence === null || endsSession.has(code ?? 0);
    return { code, session: isOver || session === null || sequence === null ? null : { ...session, sequence }, wasReady };
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', leave);
    stop(heart);
    line.close(keepingSession);
  }
}

/** `heart` is set in a closure, where its type does not follow. */
const stop = (heart: Heart | null): void => heart?.stop();

/** docs.discord.com/developers/events/gateway-events, identify and resume. */
function greet(line: Line, token: string, intents: number, session: Session | null): void {
  const properties = { os: platform(), browser: 'imas', device: 'imas' };
  if (session === null) line.send(op.identify, { token, intents, properties });
  else line.send(op.resume, { token, session_id: session.id, seq: session.sequence });
}
