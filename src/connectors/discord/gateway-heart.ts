import { op, type Line } from './gateway-line.ts';

export interface Heart {
  beat(): void;
  acknowledged(): void;
  stop(): void;
}

/** Closes with anything but 1000 and 1001, which would end the session. */
export const keepingSession = 4000;

/**
 * Heartbeats, the first after a random part of the interval; when one was not acknowledged by the next, the connection is dead
 * (docs.discord.com/developers/events/gateway, sending heartbeats).
 * @param sequence number of the last event
 */
export function startHeart(line: Line, everyMs: number, sequence: () => number | null): Heart {
  let isAcknowledged = true;
  let timer: NodeJS.Timeout;
  const beat = (): void => line.send(op.heartbeat, sequence());
  const wait = (ms: number): void => {
    timer = setTimeout(() => {
      if (!isAcknowledged) return line.close(keepingSession);
      isAcknowledged = false;
      beat();
      wait(everyMs);
    }, ms);
  };
  wait(everyMs * Math.random());
  return { beat, acknowledged: () => (isAcknowledged = true), stop: () => clearTimeout(timer) };
}
