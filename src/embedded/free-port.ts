import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

/**
 * Below the ranges that systems give to outgoing connections (Linux from 32768, IANA from 49152), so that a port stays free
 * for the one it was found for while nobody listens on it.
 */
const firstPort = 15_000;
const lastPort = 32_000;

/** A loopback port that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(firstPort, lastPort);
    if (await isPortFree(port, '127.0.0.1')) return port;
  }
  throw new Error(`no port between ${firstPort} and ${lastPort} is free`);
}

/** Whether `port` can be listened on. */
export function isPortFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** Whether somebody takes connections at this port of the loopback. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
