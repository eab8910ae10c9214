import { request as httpRequest } from 'node:http';
import { connect as connectSocket, type Socket } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { said } from '../domain/said.ts';
import { EgressFailed } from './egress.ts';

/** IMAS_EGRESS_PROXY: `http://user:password@proxy.example:3128`. It is the operator's word, and is itself not checked. */
export interface ProxyOptions {
  readonly proxy: URL;
  /** Resolves when a host may be reached. @throws EgressRefused when not, EgressFailed when it cannot be told here */
  readonly check: (host: string) => Promise<unknown>;
  readonly timeoutMs: number;
}

/**
 * The same door through a proxy: `https` in a tunnel (CONNECT), `http` in absolute form (RFC 9112, 3.2.2). A host is looked up and checked
 * here before the proxy hears of it, and refused as ever when it is an address, or has one, that may not be reached. It is handed on
 * by its name, by which proxies allow and log; so is a name that nobody here knows, since a network with a proxy often
 * knows no names of the outside. What such a name means there is for the proxy to judge.
 */
export function createProxyDispatcher(options: ProxyOptions): Dispatcher {
  const tunnel = createTunnel(options);
  const connect: buildConnector.connector = (target, callback) => {
    if (target.protocol === 'https:') tunnel(target, callback);
    else hand(options, target.hostname, () => openSocket(options), callback);
  };
  const { proxy } = options;
  return new Agent({ connect, allowH2: false, keepAliveTimeout: 4_000, connections: 32 }).compose((dispatch) => (request, handler) => {
    const origin = String(request.origin ?? '');
    if (!origin.startsWith('http:')) return dispatch(request, handler);
    const headers = { ...(request.headers as Record<string, string>), ...authorizationFor(proxy) };
    return dispatch({ ...request, path: `${origin.replace(/\/$/, '')}${request.path}`, headers }, handler);
  });
}

/** A connector whose every connection is a tunnel through the proxy, also of `http`: for web sockets. */
export function createTunnel(options: ProxyOptions): buildConnector.connector {
  const upgrade = buildConnector({ timeout: options.timeoutMs, allowH2: false });
  return (target, callback) => {
    const port = target.port || (target.protocol === 'https:' ? '443' : '80');
    hand(
      options,
      target.hostname,
      () => openTunnel(options, `${target.hostname}:${port}`),
      (error, socket) => {
        if (error !== null) callback(error, null);
        else if (target.protocol === 'https:') upgrade({ ...target, httpSocket: socket }, callback);
        else callback(null, socket);
      },
    );
  };
}

function hand(
  { check }: ProxyOptions,
  host: string,
  open: () => Promise<Socket>,
  callback: (...outcome: [Error, null] | [null, Socket]) => void,
): void {
  check(host)
    .catch((error: unknown) => {
      // Nobody here knows the name.
      if (!(error instanceof EgressFailed)) throw error;
    })
    .then(open)
    .then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
}

function openSocket({ proxy, timeoutMs }: ProxyOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: hostOf(proxy), port: portOf(proxy), timeout: timeoutMs });
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    socket.once('error', (error) => reject(away(proxy, error)));
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

function openTunnel({ proxy, timeoutMs }: ProxyOptions, authority: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const headers = { host: authority, ...authorizationFor(proxy) };
    const call = httpRequest({ host: hostOf(proxy), port: portOf(proxy), method: 'CONNECT', path: authority, headers, agent: false });
    call.setTimeout(timeoutMs, () => call.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    call.once('error', (error) => reject(away(proxy, error)));
    const refused = (status: number | undefined): void => {
      const host = authority.replace(/:\d+$/, '');
      reject(new EgressFailed(said('cause.proxyRefused', { host, proxy: proxy.host, code: String(status) }), `PROXY_${status}`));
    };
    call.once('response', (answer) => {
      answer.destroy();
      refused(answer.statusCode);
    });
    call.once('connect', (answer, socket) => {
      const isOpen = answer.statusCode !== undefined && answer.statusCode >= 200 && answer.statusCode < 300;
      socket.setTimeout(0);
      if (isOpen) return resolve(socket as Socket);
      socket.destroy();
      refused(answer.statusCode);
    });
    call.end();
  });
}

function away(proxy: URL, error: Error): EgressFailed {
  const code = (error as { code?: string }).code ?? 'UNKNOWN';
  return new EgressFailed(said('cause.proxyAway', { host: proxy.host, code }), code);
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');
const portOf = ({ port }: URL): number => Number(port || 80);

function authorizationFor({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}
