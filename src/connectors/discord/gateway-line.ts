import { z } from 'zod';
import type { Egress } from '../../egress/egress.ts';

/** docs.discord.com/developers/topics/opcodes-and-status-codes, gateway opcodes. */
export const op = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  acknowledged: 11,
} as const;

const PayloadShape = z.object({ op: z.number(), d: z.unknown(), s: z.number().nullish(), t: z.string().nullish() });
export type Payload = z.infer<typeof PayloadShape>;

/** An open socket to the Gateway, and what comes over it, in order. */
export interface Line {
  /** Null once either side has closed it. */
  next(): Promise<Payload | null>;
  /** Discord's close code; null where it closed with none, or we did. */
  readonly closedWith: number | null;
  send(code: number, data: unknown): void;
  /** Nothing more comes from then on. */
  close(code: number): void;
}

/** Milliseconds for the other side to close too: a dead one never does. */
const closingMs = 1_000;

/**
 * The socket is the door's: that of discord.js opens connections of its own, past the check of addresses and past a proxy.
 * @param url `wss://gateway.discord.gg`
 * @throws EgressRefused, EgressFailed
 */
export async function openLine(door: Egress, url: string, signal: AbortSignal): Promise<Line> {
  const cut = new AbortController();
  const socket = await whileOpening(signal, cut, () =>
    door.openWebSocket({ url: `${url.replace(/\/$/, '')}/?v=10&encoding=json`, signal: cut.signal }),
  );
  const waiting: Payload[] = [];
  let isClosed = false;
  let closedWith: number | null = null;
  let wake: () => void = () => undefined;
  socket.addEventListener('message', ({ data }) => {
    const payload = PayloadShape.safeParse(read(String(data))).data;
    if (payload !== undefined && !isClosed) waiting.push(payload);
    wake();
  });
  const ended = (code: number | null): void => {
    if (!isClosed) closedWith = code;
    isClosed = true;
    wake();
  };
  // 1005 and 1006 stand for a close without a code (RFC 6455 §7.4.1).
  socket.addEventListener('close', ({ code }) => ended(code === 1005 || code === 1006 ? null : code));
  return {
    async next() {
      while (waiting.length === 0 && !isClosed) await new Promise<void>((resolve) => (wake = resolve));
      return waiting.shift() ?? null;
    },
    get closedWith() {
      return closedWith;
    },
    send(code, data) {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ op: code, d: data }));
    },
    close(code) {
      waiting.length = 0;
      ended(null);
      if (socket.readyState === socket.OPEN) socket.close(code);
      setTimeout(() => cut.abort(), closingMs).unref();
    },
  };
}

/** Once it is open, the socket outlives the signal by the time that a proper close takes. */
async function whileOpening<T>(signal: AbortSignal, cut: AbortController, open: () => Promise<T>): Promise<T> {
  const stop = (): void => cut.abort();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await open();
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
