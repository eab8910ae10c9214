import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface ProxyServer {
  readonly url: string;
  readonly port: number;
  /** What it was asked, in order: `CONNECT pager.example.com:443`, `GET http://pager.example.com/a`. */
  readonly asked: readonly string[];
  readonly authorizations: readonly (string | undefined)[];
  close(): Promise<void>;
}

export interface ProxyServerOptions {
  /** Where it takes everybody, whatever the name: a port of the loopback. */
  readonly leadsTo: number;
  /** Answers this to everybody, and leads nowhere. */
  readonly refuses?: number;
}

/** A proxy as companies have it (RFC 9110, 9.3.6; RFC 9112, 3.2.2), on the loopback. */
export async function startProxy({ leadsTo, refuses }: ProxyServerOptions): Promise<ProxyServer> {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const note = ({ method, url, headers }: IncomingMessage): void => {
    asked.push(`${method} ${url}`);
    authorizations.push(headers['proxy-authorization']);
  };
  const server = createServer((incoming, outgoing) => {
    note(incoming);
    const target = URL.canParse(incoming.url ?? '') ? new URL(incoming.url as string) : null;
    if (refuses !== undefined || target === null) return void outgoing.writeHead(refuses ?? 400).end();
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const path = target.pathname + target.search;
    const call = request({ host: '127.0.0.1', port: leadsTo, method: incoming.method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(call);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    note(incoming);
    if (refuses !== undefined) return void socket.end(`HTTP/1.1 ${refuses} Refused\r\ncontent-length: 0\r\n\r\n`);
    const through = connect(leadsTo, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      through.pipe(socket).pipe(through);
    });
    for (const end of [through, socket]) end.on('error', () => undefined);
    sockets.add(through);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    authorizations,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
