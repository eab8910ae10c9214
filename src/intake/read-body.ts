import type { IncomingMessage } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { BodyRoom } from './body-memory.ts';

/** A request's headers, names in lower case. */
export type SentHeaders = Readonly<Record<string, string>>;

/** Of the body as it is sent, and again of what it unpacks to: a group of some 16,000 ordinary alerts. */
export const maxBodyBytes = 16 * 1024 * 1024;
/** So much is read of a body that announces to be larger, so that people see what it was. */
const foretasteBytes = 64 * 1024;

export type ReadBody =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** `arrived`: what was read of a body that is too large. */
  | { readonly ok: false; readonly status: 413; readonly reason: string; readonly arrived: Uint8Array }
  | { readonly ok: false; readonly status: 400 | 415 | 503; readonly reason: string };

const brokenOff = { ok: false, status: 400, reason: 'The body did not arrive whole.' } as const;
const noRoom = { ok: false, status: 503, reason: 'Too many large bodies are being read.' } as const;
const notGzip = { ok: false, status: 400, reason: 'The body is not valid gzip.' } as const;
const tooLarge = (arrived: Uint8Array): ReadBody => ({ ok: false, status: 413, reason: 'The body is larger than 16 MiB', arrived });

/** The body's bytes, unpacked where they are gzip. Reads no further than the limit, whatever length was announced. */
export async function readBody(request: Request, headers: SentHeaders, room: BodyRoom): Promise<ReadBody> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  const isGzip = encoding === 'gzip' || encoding === 'x-gzip';
  if (!isGzip && encoding !== '' && encoding !== 'identity') {
    return { ok: false, status: 415, reason: 'Of content encodings, only gzip is understood.' };
  }
  if (request.body === null) return { ok: true, bytes: new Uint8Array() };
  const sent = request.body as unknown as AsyncIterable<Uint8Array>;
  return isGzip ? readPacked(sent, room) : gather(sent, room, Number(headers['content-length'] ?? 0));
}

/** Whether `readWhole` can read it: its length is known and within the limit, and nothing has to be unpacked. */
export const isPlain = (headers: SentHeaders): boolean =>
  headers['content-encoding'] === undefined && Number(headers['content-length'] ?? Number.NaN) <= maxBodyBytes;

/** A body that `isPlain`, straight from the socket. Node's parser lets no more through than was announced. */
export function readWhole(incoming: IncomingMessage, room: BodyRoom): Promise<ReadBody> {
  return new Promise((resolve) => {
    if (incoming.destroyed) return resolve(brokenOff);
    const chunks: Buffer[] = [];
    // Room is for what is there: to announce a large body costs nothing.
    const take = (chunk: Buffer): void => {
      if (room.take(chunk.byteLength)) return void chunks.push(chunk);
      incoming.off('data', take);
      incoming.resume();
      chunks.length = 0;
      resolve(noRoom);
    };
    incoming.on('data', take);
    incoming.on('end', () => resolve({ ok: true, bytes: joined(chunks) }));
    incoming.on('close', () => {
      if (!incoming.complete) resolve(brokenOff);
    });
  });
}

const joined = (chunks: readonly Uint8Array[]): Uint8Array => (chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks));

/** zlib works chunk by chunk, and stops as soon as the limit is passed: a gzip bomb costs no more than an honest body. */
function readPacked(sent: AsyncIterable<Uint8Array>, room: BodyRoom): Promise<ReadBody> {
  let isBroken = false;
  let sentBytes = 0;
  const counted = async function* () {
    try {
      for await (const chunk of sent) {
        sentBytes += chunk.byteLength;
        if (sentBytes > maxBodyBytes) throw new Error('too much is sent');
        yield chunk;
      }
    } catch (error) {
      isBroken = sentBytes <= maxBodyBytes;
      throw error;
    }
  };
  const unpacked = pipeline(Readable.from(counted(), { objectMode: false }), createGunzip(), () => undefined);
  return gather(unpacked as AsyncIterable<Uint8Array>, room, 0, (arrived) => {
    if (sentBytes > maxBodyBytes) return tooLarge(arrived);
    return isBroken ? brokenOff : notGzip;
  });
}

/** @param failed what a source that breaks off means, given what it had given */
async function gather(
  source: AsyncIterable<Uint8Array>,
  room: BodyRoom,
  announced: number,
  failed: (arrived: Uint8Array) => ReadBody = () => brokenOff,
): Promise<ReadBody> {
  const limit = announced > maxBodyBytes ? foretasteBytes : maxBodyBytes;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of source) {
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length > limit) return tooLarge(joined(chunks));
      if (!room.take(chunk.byteLength)) return noRoom;
    }
  } catch {
    return failed(joined(chunks));
  }
  return length < announced ? brokenOff : { ok: true, bytes: joined(chunks) };
}
