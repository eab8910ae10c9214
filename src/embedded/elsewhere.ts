import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stopOrphanOf } from './postgres.ts';

/** Where Postgres keeps its own when its user may not enter the data folder. */
const elsewhere = '/var/lib/imas';
/** In the data folder: the place that is its own. */
const pointer = 'postgres-location';
/** In that place: whose it is. */
const ownerFile = 'data-folder.json';

interface Owner {
  readonly path: string;
  /** The disk that it was on: where that one is not mounted, an empty folder is no deleted one. */
  readonly device: number;
}

/** The place that a data folder has; null when it has none. */
export async function placeElsewhere(dataPath: string): Promise<string | null> {
  const place = await readFile(join(dataPath, pointer), 'utf8').then(
    (text) => text.trim(),
    (error: { code?: string }) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    },
  );
  // Earlier versions did not write it.
  if (place !== null) await writeOwner(place, dataPath);
  return place;
}

/**
 * Makes a place for a data folder that has none. If it had one, then it was deleted, and the database that belonged to it goes too: nothing
 * else would ever find it again.
 */
export async function makePlaceElsewhere(dataPath: string): Promise<string> {
  const here = await ownerOf(dataPath);
  for (const name of await readdir(elsewhere).catch(() => [])) {
    const place = join(elsewhere, name);
    const owner = await readOwner(place);
    if (owner?.path !== here.path || owner.device !== here.device) continue;
    await stopOrphanOf(place);
    await rm(place, { recursive: true, force: true });
  }
  const place = join(elsewhere, randomBytes(6).toString('hex'));
  await mkdir(place, { recursive: true, mode: 0o700 });
  // Postgres's user passes through to its own.
  await chmod(elsewhere, 0o711);
  await writeOwner(place, dataPath);
  await writeFile(join(dataPath, pointer), `${place}\n`, { mode: 0o600 });
  return place;
}

const ownerOf = async (dataPath: string): Promise<Owner> => ({ path: dataPath, device: (await stat(dataPath)).dev });

async function writeOwner(place: string, dataPath: string): Promise<void> {
  await mkdir(place, { recursive: true, mode: 0o700 });
  await writeFile(join(place, ownerFile), JSON.stringify(await ownerOf(dataPath)), { mode: 0o600 });
}

async function readOwner(place: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(join(place, ownerFile), 'utf8')) as Owner;
  } catch {
    return null;
  }
}
