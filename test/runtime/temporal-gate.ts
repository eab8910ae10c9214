import { once } from 'node:events';
import {
  connect,
  constants,
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

export interface TemporalGate {
  readonly address: string;
  close(): Promise<void>;
}

export interface TemporalGateOptions {
  /** Of the server behind it. */
  readonly address: string;
  readonly apiKey: string;
  readonly tls: { readonly key: string; readonly cert: string; readonly ca: string };
  /** Methods that are refused to everybody, such as `AddSearchAttributes`. */
  readonly refused?: readonly string[];
}

const permissionDenied = '7';
const unauthenticated = '16';

/**
 * A Temporal server as others run it: it asks for TLS, a client's certificate and an API key
 * (https://docs.temporal.io/cloud/api-keys), and hands what comes with all three to a plain one.
 */
export async function startTemporalGate({ address, apiKey, tls, refused = [] }: TemporalGateOptions): Promise<TemporalGate> {
  const behind = connect(`http://${address}`);
  const sessions = new Set<ServerHttp2Session>();
  const server = createSecureServer({ ...tls, requestCert: true, rejectUnauthorized: true });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session)).on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    const method = String(headers[':path']).split('/').at(-1) ?? '';
    if (headers.authorization !== `Bearer ${apiKey}`) refuse(stream, unauthenticated);
    else if (refused.includes(method)) refuse(stream, permissionDenied);
    else pass(stream, headers);
  });

  function pass(stream: ServerHttp2Stream, { ':path': path, ':method': method, ...given }: IncomingHttpHeaders): void {
    const headers = Object.fromEntries(Object.entries(given).filter(([name]) => !name.startsWith(':') && name !== 'authorization'));
    const call = behind.request({ ...headers, ':path': path, ':method': method });
    call.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    call.on('response', (answer, flags) => {
      const isWhole = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond(answer, { endStream: isWhole, waitForTrailers: !isWhole });
      if (!isWhole) call.pipe(stream);
    });
    let trailers: IncomingHttpHeaders = {};
    call.on('trailers', (given) => (trailers = given));
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.on('close', () => call.close());
    stream.pipe(call);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const session of sessions) session.destroy();
      server.close();
      behind.destroy();
      await once(server, 'close');
    },
  };
}

const refuse = (stream: ServerHttp2Stream, status: string): void =>
  stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': status, 'grpc-message': 'Request unauthorized.' },
    { endStream: true },
  );
