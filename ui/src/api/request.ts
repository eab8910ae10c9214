import type { Said } from '../../../src/api/wire.ts';
import { basePath } from '../base-path.ts';

/** The API said no. `detail` is written for people (RFC 9457); `said` has it for other languages, where an incident refuses. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly status: number;
  readonly requestId: string | null;
  readonly fields: readonly { readonly field: string; readonly reason: string }[];
  /** How long to wait before the next attempt; null where the answer names no time. */
  readonly retryAfterSeconds: number | null;
  readonly said: Said | null;

  constructor(
    status: number,
    detail: string,
    { requestId, fields, retryAfterSeconds, said }: Pick<RequestRefused, 'requestId' | 'fields' | 'retryAfterSeconds' | 'said'>,
  ) {
    super(detail);
    this.status = status;
    this.requestId = requestId;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
    this.said = said;
  }
}

/** Nothing answered: no network, or the server is down. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** A 401 from here is about other credentials than the session. */
const ownAuthentication = '/api/auth/';

type SignedOutListener = () => void;
let onSignedOut: SignedOutListener = () => undefined;

/** Called for every 401; the session decides where to go. */
export function whenSignedOut(listener: SignedOutListener): void {
  onSignedOut = listener;
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  /** The same for every attempt at one act, so that trying again does it once. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/**
 * JSON in, JSON out, with the session's cookie. `path` is one below the base path: `/api/v1/incidents/`.
 * @throws RequestRefused, Unreachable
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { method = 'GET', idempotencyKey, signal } = options;
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const response = await send(path, {
    method,
    credentials: 'same-origin',
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  if (response.status === 401 && !path.startsWith(ownAuthentication)) onSignedOut();
  throw await refusalOf(response);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(basePath + path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable('Nothing answered.', { cause: error });
  }
}

/** RFC 9457, as the API writes it. */
interface Problem {
  readonly detail: string;
  readonly request_id: string;
  readonly errors: RequestRefused['fields'];
  readonly code: string;
  readonly values: Said['values'];
}

async function refusalOf(response: Response): Promise<RequestRefused> {
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  const { code, values = {}, detail = response.statusText } = problem;
  const retryAfter = response.headers.get('retry-after');
  return new RequestRefused(response.status, detail, {
    requestId: problem.request_id ?? null,
    fields: problem.errors ?? [],
    said: code === undefined ? null : { code, values, message: detail },
    retryAfterSeconds: retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null,
  });
}

/** `crypto.randomUUID` is there on secure origins only; a plain http address on one's own network is not one. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `/path/?a=1&b=2`, without what is empty. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '' && value !== false) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
