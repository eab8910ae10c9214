import { Agent, WebSocket, type buildConnector } from 'undici';
import { said } from '../domain/said.ts';
import { EgressFailed, type WebSocketRequest } from './egress.ts';
import { badRequest, toEgressError } from './failure.ts';
import { readUrl } from './url.ts';

export interface WebSocketOptions {
  readonly connect: buildConnector.connector;
  /** Milliseconds until it must be open. */
  readonly timeoutMs: number;
}

/** Of one message; a vendor's events are far smaller. */
const maxMessageBytes = 16 * 1024 * 1024;

/** A handshake that is answered by anything but the socket, also by a redirect, fails. */
export async function openWebSocket(
  { url: text, headers = {}, protocols = [], signal }: WebSocketRequest,
  { connect, timeoutMs }: WebSocketOptions,
): Promise<WebSocket> {
  const url = readUrl(text, ['ws:', 'wss:']);
  // An agent of its own: undici tells no reason when a socket does not open, and lets go of what lies below one that is open.
  const below: Parameters<buildConnector.Callback>[] = [];
  const noting: buildConnector.connector = (target, callback) =>
    connect(target, (...connected) => {
      below.push(connected);
      callback(...connected);
    });
  const agent = new Agent({ connect: noting, allowH2: false, webSocket: { maxPayloadSize: maxMessageBytes } });
  const socket = begin(url, { dispatcher: agent, headers: { ...headers }, protocols: [...protocols] });
  const end = (): void => {
    signal.removeEventListener('abort', end);
    for (const [, connection] of below) connection?.destroy();
    void agent.destroy();
  };
  socket.addEventListener('close', end, { once: true });
  signal.addEventListener('abort', end, { once: true });
  const late = AbortSignal.timeout(timeoutMs);
  const over = AbortSignal.any([signal, late]);
  try {
    await new Promise<void>((resolve, reject) => {
      const failed = (): void =>
        reject(
          below.find(([error]) => error !== null)?.[0] ??
            new EgressFailed(said('cause.noWebSocket', { host: url.host, code: 'NO_SOCKET' }), 'NO_SOCKET'),
        );
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', failed, { once: true });
      socket.addEventListener('close', failed, { once: true });
      over.addEventListener('abort', () => reject(over.reason), { once: true });
      if (over.aborted) reject(over.reason);
    });
    return socket;
  } catch (error) {
    end();
    throw toEgressError(error, url.host, signal.aborted);
  }
}

/** What undici throws repeats the header. @throws EgressFailed */
function begin(url: URL, options: ConstructorParameters<typeof WebSocket>[1]): WebSocket {
  try {
    return new WebSocket(url, options);
  } catch {
    throw badRequest(url.host);
  }
}
