import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Answer, Received, Vendor } from './receiver.ts';

const certificate = (name: string): string => readFileSync(new URL(`../certificates/${name}`, import.meta.url), 'utf8');

export const trustedAuthority = certificate('authority.pem');
/** The name that the certificate is for. */
export const tlsHost = 'mail.example.test';

/** What goes wrong with one request: another answer, none at all, or a connection that breaks off before or within the answer. */
export interface Fault {
  readonly on: (request: Received) => boolean;
  readonly how: Answer | 'hangs' | 'breaks' | 'breaks within the answer';
  /** The vendor has done what it was asked for all the same. */
  readonly afterActing?: boolean;
}

export interface VendorServer {
  readonly port: number;
  /** By the address; with TLS by the name of the certificate. */
  readonly url: string;
  readonly requests: readonly Received[];
  /** Spoils the next request that it is for, once. */
  spoil(fault: Fault): void;
  close(): Promise<void>;
}

/** A vendor on the loopback that can also fail as vendors do. */
export async function startVendorServer(vendor: Vendor, { tls = false }: { readonly tls?: boolean } = {}): Promise<VendorServer> {
  const requests: Received[] = [];
  const faults: Fault[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const text = bytes.toString('utf8');
      const received: Received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        bytes,
        text,
        json: parse(text),
      };
      requests.push(received);
      const at = faults.findIndex((fault) => fault.on(received));
      const [fault] = at === -1 ? [] : faults.splice(at, 1);
      if (fault === undefined) return answer(response, vendor(received));
      const done = fault.afterActing === true || fault.how === 'breaks within the answer' ? vendor(received) : null;
      if (typeof fault.how === 'object') answer(response, fault.how);
      else if (fault.how === 'breaks') request.socket.destroy();
      else if (fault.how === 'breaks within the answer') answerHalf(response, done as Answer);
    });
  };
  const options = { key: certificate('server.key'), cert: certificate('server.pem') };
  const server = tls ? createTlsServer(options, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: tls ? `https://${tlsHost}:${port}` : `http://127.0.0.1:${port}`,
    requests,
    spoil: (fault) => faults.push(fault),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  const isWritten = typeof body === 'string' || body instanceof Uint8Array;
  response.writeHead(status, { ...(!isWritten && { 'content-type': 'application/json; charset=utf-8' }), ...headers });
  response.end(isWritten ? body : JSON.stringify(body));
}

function answerHalf(response: ServerResponse, { status, body = '' }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) });
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy());
}

/** Undefined for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
