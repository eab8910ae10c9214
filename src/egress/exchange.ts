import { request as httpRequest, type Dispatcher } from 'undici';
import { said } from '../domain/said.ts';
import { EgressFailed, type EgressRequest, type EgressResponse, type EgressStream } from './egress.ts';
import { toEgressError } from './failure.ts';
import { readUrl } from './url.ts';

export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  /** Milliseconds: of `fetchWhole` for all of it, of `openStream` until the answer begins and then for each part of it. */
  readonly timeoutMs: number;
}

const defaultMaxAnswerBytes = 64 * 1024;

export async function fetchWhole(request: EgressRequest, { dispatcher, timeoutMs }: ExchangeOptions): Promise<EgressResponse> {
  const url = readUrl(request.url, ['http:', 'https:']);
  const { maxAnswerBytes = defaultMaxAnswerBytes, cutAnswer = false } = request;
  try {
    const answer = await send(dispatcher, url, request, AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]));
    const body = await readWhole(answer.body, maxAnswerBytes, cutAnswer, url.host);
    return { status: answer.statusCode, headers: headersOf(answer), body };
  } catch (error) {
    throw toEgressError(error, url.host, request.signal.aborted);
  }
}

export async function openStream(request: EgressRequest, { dispatcher, timeoutMs }: ExchangeOptions): Promise<EgressStream> {
  const url = readUrl(request.url, ['http:', 'https:']);
  const patience = new Patience(timeoutMs);
  try {
    const answer = await send(dispatcher, url, request, AbortSignal.any([request.signal, patience.signal]));
    return { status: answer.statusCode, headers: headersOf(answer), chunks: readChunks(answer.body, request, url.host, patience) };
  } catch (error) {
    throw toEgressError(error, url.host, request.signal.aborted);
  } finally {
    patience.pause();
  }
}

/** Ends its signal when what is waited for does not come. A reader that takes its time is not waited for. */
class Patience {
  readonly #over = new AbortController();
  readonly #ms: number;
  #timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.#ms = ms;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  again(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => this.#over.abort(new DOMException('no more came in time', 'TimeoutError')), this.#ms);
  }
}

/** undici follows no redirect by itself. */
const send = (
  dispatcher: Dispatcher,
  url: URL,
  { method, headers, body }: EgressRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> =>
  httpRequest(url, { dispatcher, method: method as Dispatcher.HttpMethod, headers: { ...headers }, body, signal });

const headersOf = ({ headers }: Dispatcher.ResponseData): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );

/** Stopping before the end drops the connection. */
async function readWhole(stream: Dispatcher.ResponseData['body'], maxBytes: number, cut: boolean, host: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size <= maxBytes) continue;
    if (!cut) throw tooLarge(host, maxBytes);
    break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes));
}

async function* readChunks(
  stream: Dispatcher.ResponseData['body'],
  { signal, maxAnswerBytes = Infinity }: EgressRequest,
  host: string,
  patience: Patience,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    patience.again();
    for await (const chunk of stream) {
      patience.pause();
      size += (chunk as Buffer).length;
      if (size > maxAnswerBytes) throw tooLarge(host, maxAnswerBytes);
      yield chunk as Buffer;
      patience.again();
    }
  } catch (error) {
    throw toEgressError(error, host, signal.aborted);
  } finally {
    patience.pause();
  }
}

const tooLarge = (host: string, limit: number): EgressFailed =>
  new EgressFailed(said('cause.answerTooLarge', { host, limit }), 'TOO_LARGE');
