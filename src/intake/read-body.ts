import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** A request's headers, names in lower case. */
export type SentHeaders = Readonly<Record<string, string>>;

/** Of the body as it is sent, and again of what it unpacks to. */
export const maxBodyBytes = 1024 * 1024;

export type ReadBody =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly reason: string };

const gunzipAsync = promisify(gunzip);
const tooLarge = { ok: false, status: 413, reason: 'The body is larger than 1 MiB.' } as const;
const brokenOff = { ok: false, status: 400, reason: 'The body did not arrive whole.' } as const;

/** The body's bytes, unpacked where they are gzip. Reads no further than the limit, whatever length was announced. */
export async function readBody(request: Request, headers: SentHeaders = Object.fromEntries(request.headers)): Promise<ReadBody> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  const isGzip = encoding === 'gzip' || encoding === 'x-gzip';
  if (!isGzip && encoding !== '' && encoding !== 'identity') {
    return { ok: false, status: 415, reason: 'Of content encodings, only gzip is understood.' };
  }
  const announced = headers['content-length'];
  const sent = announced === undefined ? await readChunks(request) : await readAnnounced(request, Number(announced));
  return sent.ok && isGzip ? unpack(sent.bytes) : sent;
}

/** Whether `readWhole` can read it: its length is known and within the limit, and nothing has to be unpacked. */
export const isPlain = (headers: SentHeaders): boolean =>
  headers['content-encoding'] === undefined && Number(headers['content-length'] ?? Number.NaN) <= maxBodyBytes;

/** A body that `isPlain`, straight from the socket. */
export function readWhole(incoming: IncomingMessage): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => resolve({ ok: true, bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks) }));
    incoming.on('close', () => {
      if (!incoming.complete) resolve(brokenOff);
    });
  });
}

/** Node's parser lets no more through than was announced. */
async function readAnnounced(request: Request, length: number): Promise<ReadBody> {
  if (!(length <= maxBodyBytes)) return tooLarge;
  try {
    return { ok: true, bytes: new Uint8Array(await request.arrayBuffer()) };
  } catch {
    return brokenOff;
  }
}

async function readChunks(request: Request): Promise<ReadBody> {
  if (request.body === null) return { ok: true, bytes: new Uint8Array() };
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { ok: true, bytes: chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, length) };
      length += value.byteLength;
      if (length > maxBodyBytes) {
        reader.cancel().catch(() => undefined);
        return tooLarge;
      }
      chunks.push(value);
    }
  } catch {
    return brokenOff;
  }
}

/** zlib stops as soon as the limit is passed, so a gzip bomb costs no more than an honest body. */
async function unpack(packed: Uint8Array): Promise<ReadBody> {
  try {
    return { ok: true, bytes: await gunzipAsync(packed, { maxOutputLength: maxBodyBytes }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge;
    return { ok: false, status: 400, reason: 'The body is not valid gzip.' };
  }
}
