import { createServer, type AddressInfo, type Server } from 'node:net';

/** Listens and counts: nothing that must not be reached may connect, let alone say a word. */
export interface Canary {
  readonly port: number;
  readonly connections: () => number;
  readonly bytes: () => number;
  close(): Promise<void>;
}

export async function startCanary(host: string, port = 0): Promise<Canary> {
  let connections = 0;
  let bytes = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    bytes: () => bytes,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
