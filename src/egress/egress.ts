import type { Dispatcher, WebSocket } from 'undici';
import type { Said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';

/** The one door through which everything leaves: addresses are checked when connecting, for every answer of the resolver. */
export interface Egress {
  /** HTTP(S), the whole answer as text. A redirect is an answer like any other; it is not followed. @throws EgressRefused, EgressFailed */
  fetch(request: EgressRequest): Promise<EgressResponse>;
  /** HTTP(S), the answer's bytes as they come. @throws EgressRefused, EgressFailed; so do `chunks` */
  stream(request: EgressRequest): Promise<EgressStream>;
  /** A web socket that is open. It lives until either side closes it or the signal ends. @throws EgressRefused, EgressFailed */
  openWebSocket(request: WebSocketRequest): Promise<WebSocket>;
  /**
   * For a vendor's SDK that opens its own connections by undici. Its redirects are the SDK's affair, and lead to no address that may not be
   * reached; a limit for answers is the SDK's too.
   */
  readonly dispatcher: Dispatcher;
  /**
   * Resolves a host and refuses it unless every answer may be reached; returns the one to connect to. For protocols that
   * open their own sockets (SMTP).
   * @throws EgressRefused, EgressFailed
   */
  resolve(host: string): Promise<{ readonly address: string; readonly family: 4 | 6 }>;
}

export interface EgressRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  readonly signal: AbortSignal;
  /** A larger answer fails the request. By default 64 KiB for `fetch`, and any for `stream`. */
  readonly maxAnswerBytes?: number;
  /** For `fetch`, where only the beginning of an answer matters: what is beyond `maxAnswerBytes` is not read, and fails nothing. */
  readonly cutAnswer?: boolean;
}

export interface EgressResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface EgressStream extends Omit<EgressResponse, 'body'> {
  /** To be read once. The connection is dropped when the reader stops, when the signal ends, or when no more comes in time. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface WebSocketRequest {
  /** `ws:` or `wss:`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  readonly signal: AbortSignal;
}

/** The address may not be reached: trying again changes nothing. It names the host, never a path or a query. */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
  readonly said: Said;

  constructor(what: Said) {
    super(words(what));
    this.said = what;
  }
}

/** No answer: connection refused, reset, timed out, name not found. Or more of an answer than the caller takes: `TOO_LARGE`. */
export class EgressFailed extends Error {
  override readonly name = 'EgressFailed';
  readonly said: Said;
  /** The system's, undici's, or one of ours. */
  readonly code: string;

  constructor(what: Said, code: string) {
    super(words(what));
    this.said = what;
    this.code = code;
  }
}
