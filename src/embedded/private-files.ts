import { chmod, chown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemUser } from './postgres-user.ts';

/** Takes from everybody but the owner what they may do with these files and folders, and with all that is in them. */
export async function makePrivate(dir: string, names: readonly string[]): Promise<void> {
  for (const name of names) await restrict(join(dir, name), 0o700, null);
}

/** Lets the group of a user who is not us pass through a folder of ours, and nobody else. */
export async function letPass(user: SystemUser, dir: string): Promise<void> {
  await chown(dir, process.getuid?.() ?? 0, user.gid);
  await chmod(dir, 0o710);
}

/** Lets the group of a user who is not us read and run what is in a folder, and nobody else. */
export const letRead = (user: SystemUser, dir: string): Promise<void> => restrict(dir, 0o750, user);

/** From the inside out: a folder that has its mode shows that all in it was done. */
async function restrict(path: string, mask: number, reader: SystemUser | null): Promise<void> {
  const found = await lstat(path).catch(ifThere);
  if (found === null || found.isSymbolicLink()) return;
  if (found.isDirectory()) {
    for (const name of await readdir(path)) await restrict(join(path, name), mask, reader);
  }
  if (reader !== null && found.gid !== reader.gid) await chown(path, found.uid, reader.gid).catch(ifThere);
  if ((found.mode & 0o777 & ~mask) !== 0) await chmod(path, found.mode & mask).catch(ifThere);
}

/** What a program that is just ending takes away needs nothing. */
function ifThere(error: { code?: string }): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
