import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Enough of RFC 6455 for short texts: greets with what it was asked, and sends each text back. */
export interface WebSocketServer {
  readonly port: number;
  /** Settles when the other side is gone. */
  readonly gone: Promise<void>;
  close(): Promise<void>;
}

export async function startWebSocketServer(): Promise<WebSocketServer> {
  const sockets = new Set<Socket>();
  let leave: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (leave = resolve));
  const server = createServer((_, response) => response.writeHead(302, { location: 'http://127.0.0.2:1/' }).end());
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    sockets.add(socket);
    if (request.url === '/silent') return;
    if (request.url === '/moved')
      return void socket.end('HTTP/1.1 302 Found\r\nlocation: http://127.0.0.2:1/\r\ncontent-length: 0\r\n\r\n');
    socket
      .on('error', () => undefined)
      .on('end', () => socket.end())
      .on('close', leave);
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    socket.write(frame(`hello ${request.headers['x-app'] ?? ''}`));
    socket.on('data', (bytes: Buffer) => {
      const [first, second] = [bytes[0] as number, bytes[1] as number];
      if ((first & 0x0f) === 8) return void socket.end(Buffer.from([0x88, 0]));
      const mask = bytes.subarray(2, 6);
      const text = bytes.subarray(6, 6 + (second & 0x7f)).map((byte, at) => byte ^ (mask[at % 4] as number));
      socket.write(frame(Buffer.from(text).toString()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    gone,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const frame = (text: string): Buffer => Buffer.concat([Buffer.from([0x81, Buffer.byteLength(text)]), Buffer.from(text)]);
