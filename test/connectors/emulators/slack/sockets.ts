import type { Server } from 'node:http';
import { randomUUID } from 'node:crypto';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Heard } from './telling.ts';

/** Socket Mode: docs.slack.dev/apis/events-api/using-socket-mode. */
export interface Sockets {
  /** How many are open. */
  count(): number;
  /** How many were opened so far. */
  opened(): number;
  /** A ticket is good for one socket. */
  ticket(): string;
  /** Over the newest one: what it is acknowledged with, null where it is not within three seconds; then the next socket hears of it. */
  tell(envelope: Telling): Promise<Heard | null>;
  /** "The connection will be closed": another one is wanted. */
  refresh(): void;
  /** Without a word. */
  drop(): void;
  send(message: unknown): void;
  close(): void;
}

export interface Telling {
  readonly type: 'events_api' | 'slash_commands' | 'interactive';
  readonly payload: unknown;
  readonly acceptsBody: boolean;
}

interface Waiting extends Telling {
  readonly id: string;
  retries: number;
  heard(ack: Heard | null): void;
}

const patienceMs = 3_000;

export function acceptSockets(server: Server): Sockets {
  const sockets = new Set<WebSocket>();
  const tickets = new Set<string>();
  const waiting = new Map<string, Waiting>();
  let opened = 0;
  const accepting = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const ticket = new URL(request.url ?? '', 'http://slack').searchParams.get('ticket') ?? '';
    if (!tickets.delete(ticket)) return void socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n');
    accepting.handleUpgrade(request, socket, head, take);
  });

  function take(socket: WebSocket): void {
    sockets.add(socket);
    opened += 1;
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => hear(JSON.parse(data.toString()) as { envelope_id: string; payload?: Heard['body'] }));
    socket.send(JSON.stringify({ type: 'hello', num_connections: sockets.size, connection_info: { app_id: 'A0APP' } }));
    for (const one of waiting.values()) {
      one.retries += 1;
      send(socket, one);
    }
  }

  function hear({ envelope_id, payload = {} }: { envelope_id: string; payload?: unknown }): void {
    const one = waiting.get(envelope_id);
    waiting.delete(envelope_id);
    const isEmpty = Object.keys(payload as object).length === 0;
    one?.heard({ status: 200, body: isEmpty ? null : payload });
  }

  const newest = (): WebSocket | undefined => [...sockets].at(-1);
  const send = (socket: WebSocket, { id, type, payload, acceptsBody, retries }: Waiting): void =>
    socket.send(
      JSON.stringify({
        envelope_id: id,
        type,
        payload,
        accepts_response_payload: acceptsBody,
        ...(type === 'events_api' && { retry_attempt: retries, retry_reason: retries === 0 ? '' : 'timeout' }),
      }),
    );

  return {
    count: () => sockets.size,
    opened: () => opened,
    ticket() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return ticket;
    },
    async tell(telling) {
      const id = randomUUID();
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(null), patienceMs);
        const heard = (ack: Heard | null): void => {
          clearTimeout(timer);
          resolve(ack);
        };
        const one: Waiting = { ...telling, id, retries: 0, heard };
        waiting.set(id, one);
        const socket = newest();
        if (socket !== undefined) send(socket, one);
      });
    },
    refresh() {
      const socket = newest();
      // Slack does not answer the last frame: github.com/slackapi/node-slack-sdk, issue 2752.
      socket?.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'wss' } }), () => socket.pause());
    },
    drop() {
      for (const socket of sockets) socket.terminate();
    },
    send: (message) => newest()?.send(JSON.stringify(message)),
    close() {
      for (const socket of sockets) socket.terminate();
      accepting.close();
    },
  };
}
