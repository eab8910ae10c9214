import { connect } from 'node:net';
import { percentile, round } from './figures.ts';

export interface LoadOptions {
  readonly port: number;
  readonly path: string;
  /** Each has one request on its way at a time: no pipelining. */
  readonly connections: number;
  readonly bearer: string;
  /** JSON, ASCII only; null ends the load. */
  next(): string | null;
  /** No new request after so long; those on their way are waited for. */
  readonly forMs?: number;
}

export interface LoadResult {
  readonly sent: number;
  /** By HTTP status; `broken` are connections that ended before their answer. */
  readonly answers: Readonly<Record<string, number>>;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Keep-alive HTTP/1.1 over plain sockets, as lean as it can be: it runs on the cores that the server runs on, so what it takes,
 * the server lacks.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const answers: Record<string, number> = {};
  const tookMs: number[] = [];
  const startedAtMs = performance.now();
  const deadlineMs = startedAtMs + (options.forMs ?? Number.POSITIVE_INFINITY);
  const head = `POST ${options.path} HTTP/1.1\r\nHost: 127.0.0.1:${options.port}\r\nAuthorization: Bearer ${options.bearer}\r\nContent-Type: application/json\r\nContent-Length: `;
  let sent = 0;

  const drive = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let sentAtMs = 0;
      let received = '';
      let waiting = false;
      const take = (chunk: string): void => {
        received = received === '' ? chunk : received + chunk;
        if (!isWhole(received)) return;
        const status = received.slice(9, 12);
        answers[status] = (answers[status] ?? 0) + 1;
        tookMs.push(performance.now() - sentAtMs);
        received = '';
        waiting = false;
        send();
      };
      // One buffer a connection, and no stream between: a third less work than `data` events.
      const onread = {
        buffer: Buffer.alloc(4_096),
        callback(bytes: number, buffer: Uint8Array): boolean {
          take((buffer as Buffer).toString('latin1', 0, bytes));
          return true;
        },
      };
      const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true, onread });
      const send = (): void => {
        const body = performance.now() < deadlineMs ? options.next() : null;
        if (body === null) return void socket.end(resolve);
        sent += 1;
        waiting = true;
        sentAtMs = performance.now();
        socket.write(`${head}${body.length}\r\n\r\n${body}`, 'latin1');
      };
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('close', () => {
        if (waiting) answers['broken'] = (answers['broken'] ?? 0) + 1;
        resolve();
      });
    });
  await Promise.all(Array.from({ length: options.connections }, drive));
  const seconds = (performance.now() - startedAtMs) / 1000;
  return {
    sent,
    answers,
    perSecond: round(tookMs.length / seconds),
    p50Ms: round(percentile(tookMs, 0.5), 1),
    p99Ms: round(percentile(tookMs, 0.99), 1),
  };
}

/** Whether the answer is there to its end, by its Content-Length or its last chunk. */
function isWhole(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(received);
  if (length === null) return received.endsWith('\r\n0\r\n\r\n');
  return received.length >= headEnd + 4 + Number(length[1]);
}
