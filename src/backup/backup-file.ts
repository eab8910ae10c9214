import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { PassThrough } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { Sequence } from '../db/tables.ts';

/**
 * A backup is one gzip file of lines: the header as JSON; for each table a line of JSON with its columns, its rows in the text format of
 * COPY, and `\.`; at the end a line of JSON with what only then is known. Without that line it is cut off.
 */
export interface BackupHeader {
  readonly imas_backup: 1;
  /** RFC 3339. */
  readonly made_at: string;
  /** That the database had. */
  readonly migrations: readonly string[];
  /** Of the secret key that opens what is sealed in it; the key itself is nowhere in the file. */
  readonly key_fingerprint: string;
}

export interface BackupTable {
  readonly table: string;
  readonly columns: readonly string[];
}

export interface BackupEnd {
  readonly rows: Readonly<Record<string, number>>;
  readonly sequences: readonly Sequence[];
}

/** The file cannot be used, in words for whoever gave it. */
export class UnusableBackup extends Error {
  override readonly name = 'UnusableBackup';
}

const endOfRows = Buffer.from('\\.\n');
const newline = 0x0a;

export interface BackupWriter {
  line(value: BackupHeader | BackupTable | BackupEnd): Promise<void>;
  rows(rows: Buffer): Promise<void>;
  endOfRows(): Promise<void>;
  /** Whole and on the disk, under its name; until then there is only `<file>.part`. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  giveUp(): Promise<void>;
}

/** Readable by its owner alone. @throws Error with `EEXIST` when the file is there */
export async function createBackupFile(file: string): Promise<BackupWriter> {
  const part = `${file}.part`;
  await (await open(file, 'wx', 0o600)).close();
  // Never one that is there: what was left behind goes, and what somebody else has put there, readable to them, is not written to.
  await rm(part, { force: true }).catch(async (error: unknown) => {
    await rm(file, { force: true });
    throw error;
  });
  const input = new PassThrough();
  const written = pipeline(input, createGzip(), createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }));
  written.catch(() => undefined);
  const write = async (piece: Buffer): Promise<void> => {
    if (input.write(piece)) return;
    await Promise.race([new Promise<void>((ready) => void input.once('drain', () => ready())), written]);
  };
  return {
    line: (value) => write(Buffer.from(`${JSON.stringify(value)}\n`)),
    rows: write,
    endOfRows: () => write(endOfRows),
    async finish() {
      input.end();
      await written;
      await rename(part, file);
    },
    async giveUp() {
      input.destroy();
      await written.catch(() => undefined);
      await Promise.all([rm(part, { force: true }), rm(file, { force: true })]);
    },
  };
}

export interface BackupReader {
  readonly header: BackupHeader;
  /** The next table; its rows must have been read before the one after it. The end, when there is none. */
  next(): Promise<BackupTable | BackupEnd>;
  /** In pieces of whole lines. */
  rows(): AsyncIterable<Buffer>;
  close(): void;
}

/** @throws UnusableBackup */
export async function openBackupFile(file: string): Promise<BackupReader> {
  const source = createReadStream(file);
  const unpacked = createGunzip();
  const reading = pipeline(source, unpacked);
  reading.catch(() => undefined);
  const pieces = unpacked[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let buffered: Buffer = Buffer.alloc(0);

  async function more(): Promise<void> {
    const { value, done } = await pieces.next().catch((error: { code?: string; message: string }) => {
      throw new UnusableBackup(
        error.code === 'ENOENT'
          ? `There is no file ${file}.`
          : `${file} is no backup of IMAS, or is cut off (${error.code ?? error.message}).`,
      );
    });
    if (done === true) throw new UnusableBackup(`${file} is cut off.`);
    buffered = buffered.length === 0 ? value : Buffer.concat([buffered, value]);
  }
  const take = (bytes: number): Buffer => {
    const taken = buffered.subarray(0, bytes);
    buffered = buffered.subarray(bytes);
    return taken;
  };
  async function line(): Promise<unknown> {
    let end: number;
    while ((end = buffered.indexOf(newline)) < 0) {
      if (buffered.length > 1_000_000) throw new UnusableBackup(`${file} is no backup of IMAS.`);
      await more();
    }
    try {
      return JSON.parse(take(end + 1).toString());
    } catch {
      throw new UnusableBackup(`${file} is no backup of IMAS.`);
    }
  }

  const header = (await line()) as BackupHeader;
  if (header.imas_backup !== 1) throw new UnusableBackup(`${file} is no backup that this version of IMAS can read.`);
  return {
    header,
    next: async () => (await line()) as BackupTable | BackupEnd,
    async *rows() {
      for (;;) {
        while (buffered.length < endOfRows.length) await more();
        if (buffered.subarray(0, endOfRows.length).equals(endOfRows)) {
          take(endOfRows.length);
          return;
        }
        // At the start of a line that is a row: up to the end of the rows, or as far as there are whole lines.
        const end = buffered.indexOf('\n\\.\n');
        const whole = end >= 0 ? end : buffered.lastIndexOf(newline);
        if (whole >= 0) yield take(whole + 1);
        else await more();
      }
    },
    close() {
      source.destroy();
      unpacked.destroy();
    },
  };
}

export function countRows(rows: Buffer): number {
  let count = 0;
  for (let at = rows.indexOf(newline); at >= 0; at = rows.indexOf(newline, at + 1)) count += 1;
  return count;
}
