import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, statfs, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makePlaceElsewhere, placeElsewhere } from './elsewhere.ts';
import { letPass, makePrivate } from './private-files.ts';
import { mayEnter, postgresUser, type SystemUser } from './postgres-user.ts';

/** The folder that holds everything of an embedded installation. */
export interface DataDir {
  readonly path: string;
  /** Where Postgres keeps its own; elsewhere when its user may not enter `path`. */
  readonly postgresPath: string;
  readonly logPath: string;
  /** Only one program at a time uses the folder. The system gives the lock back however this process ends. */
  release(): void;
}

export class DataDirInUse extends Error {
  override readonly name = 'DataDirInUse';
  readonly path: string;
  /** What the program that uses it said about itself; null when it said nothing yet. */
  readonly occupant: Occupant | null;

  constructor(path: string, occupant: Occupant | null) {
    super(`The data folder ${path} is in use`);
    this.path = path;
    this.occupant = occupant;
  }
}

export interface Occupant {
  readonly pid: number;
  readonly url: string;
}

const megabyte = 1024 * 1024;
/** A fresh Postgres cluster (with its first write-ahead log) and Temporal's store, and some room to grow. */
const neededMegabytes = 250;

/** @throws DataDirInUse, or Error in plain words when the folder cannot be made or its disk is full */
export async function openDataDir(dir: string): Promise<DataDir> {
  const path = resolve(dir);
  const logPath = join(path, 'logs');
  const user = await postgresUser();
  try {
    await mkdir(logPath, { recursive: true, mode: 0o700 });
    if (user === null) await chmod(path, 0o700);
    else await letPass(user, path);
  } catch (error) {
    throw new Error(`The data folder ${path} cannot be used (${(error as { code?: string }).code}): choose another with IMAS_DATA_DIR.`);
  }
  const disk = await statfs(path);
  const freeMegabytes = Math.floor((disk.bavail * disk.bsize) / megabyte);
  if (freeMegabytes < neededMegabytes) {
    throw new Error(
      `Too little disk space at ${path}: ${freeMegabytes} MB are free, ${neededMegabytes} MB are needed. ` +
        'Free some, or choose a folder on another disk with IMAS_DATA_DIR.',
    );
  }
  const lock = new DatabaseSync(join(path, 'lock.sqlite'));
  try {
    lock.exec('begin exclusive');
  } catch {
    lock.close();
    throw new DataDirInUse(path, await readOccupant(path));
  }
  // Earlier versions left it to the umask.
  await makePrivate(path, ['lock.sqlite', 'logs', 'occupant.json', 'postgres-location', 'secret.key', 'temporal']);
  return { path, logPath, postgresPath: await choosePostgresPath(user, path), release: () => lock.close() };
}

export async function writeOccupant(dataDir: DataDir, occupant: Occupant): Promise<void> {
  await writeFile(join(dataDir.path, 'occupant.json'), JSON.stringify(occupant));
}

async function readOccupant(path: string): Promise<Occupant | null> {
  try {
    return JSON.parse(await readFile(join(path, 'occupant.json'), 'utf8')) as Occupant;
  } catch {
    return null;
  }
}

/** Below the data folder; in /var/lib when Postgres runs as another user (we are root) and that one may not pass, as below /root. */
async function choosePostgresPath(user: SystemUser | null, path: string): Promise<string> {
  if (await mayEnter(user, path)) return join(path, 'postgres');
  return (await placeElsewhere(path)) ?? makePlaceElsewhere(path);
}

/** The key that encrypts stored secrets: made once, readable by its owner only. */
export async function embeddedSecretKey(dataDir: DataDir): Promise<string> {
  const file = join(dataDir.path, 'secret.key');
  const kept = await readFile(file, 'utf8').catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (kept !== null) return kept.trim();
  const key = randomBytes(32).toString('base64url');
  // Whole or not at all: half a key would lock away what it encrypted.
  await writeFile(`${file}.new`, `${key}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return key;
}
