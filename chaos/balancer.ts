import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Balancer {
  readonly url: string;
  /** Requests that were sent to the other API because the first did not take the connection. */
  readonly retried: number;
  close(): Promise<void>;
}

/**
 * The balancer that stands before two APIs in any installation that restarts them without a gap. It does what HAProxy does
 * with `option redispatch` and `retry-on conn-failure empty-response`: where a connection is refused, or closed before a byte
 * of an answer, it asks the other one; what was half answered is a 502. Connections to an API are used once.
 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  let turn = 0;
  let retried = 0;
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      turn += 1;
      const first = turn % ports.length;
      const order = ports.map((_, index) => ports[(first + index) % ports.length] as number);
      pass(incoming, outgoing, Buffer.concat(chunks), order, () => (retried += 1));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get retried() {
      return retried;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer, ports: readonly number[], onRetry: () => void): void {
  const [port, ...others] = ports;
  let answered = false;
  const headers = { ...incoming.headers, connection: 'close', 'content-length': String(body.length) };
  const call = request({ host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers, agent: false }, (answer) => {
    answered = true;
    // What is between it and an API is nothing of the sender's (RFC 9110, 7.6.1): that connection goes on.
    const { connection: _, 'keep-alive': _times, ...own } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, own);
    answer.pipe(outgoing);
  });
  call.on('error', () => {
    if (answered) return void outgoing.destroy();
    if (others.length === 0) return void outgoing.writeHead(502).end();
    onRetry();
    pass(incoming, outgoing, body, others, onRetry);
  });
  call.end(body);
}
