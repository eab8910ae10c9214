import { said } from '../domain/said.ts';
import { EgressRefused, type Egress } from './egress.ts';
import { badRequest } from './failure.ts';
import { readUrl } from './url.ts';

export interface VendorFetchOptions {
  /** Ends all of its requests. */
  readonly signal: AbortSignal;
  /** Bytes; a larger answer fails the request. */
  readonly maxAnswerBytes: number;
}

const withoutBody: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * The door as a `fetch`, for the SDKs of vendors that take one. A redirect is an error: an SDK would follow it, or take it for success.
 * @throws, when called, EgressRefused and EgressFailed
 */
export function createVendorFetch(door: Egress, { signal, maxAnswerBytes }: VendorFetchOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const request = readRequest(input, init);
    const answer = await door.stream({
      url: request.url,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body: request.body === null ? null : new Uint8Array(await request.arrayBuffer()),
      signal: AbortSignal.any([signal, request.signal]),
      maxAnswerBytes,
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.chunks) chunks.push(chunk);
    const { status, headers } = answer;
    if (status >= 300 && status < 400 && status !== 304)
      throw new EgressRefused(said('cause.redirects', { host: new URL(request.url).host, status }));
    return new Response(withoutBody.has(status) ? null : new Blob(chunks as Uint8Array<ArrayBuffer>[]), {
      status,
      headers: { ...headers },
    });
  };
}

/** What the platform throws repeats the address or the header. @throws EgressRefused, EgressFailed */
function readRequest(...[input, init]: Parameters<typeof globalThis.fetch>): Request {
  const { host } = readUrl(input instanceof Request ? input.url : String(input), ['http:', 'https:']);
  try {
    return new Request(input, init);
  } catch {
    throw badRequest(host);
  }
}
