import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Postgres refuses to run as root: then an existing user without rights takes its place, `postgres` where there is one,
 * else `nobody`. No user is made. Null when this process is not root, and Postgres runs as whoever runs this.
 */
export async function postgresUser(): Promise<SystemUser | null> {
  if (userInfo().uid !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { name, uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) };
    } catch {
      // no such user: the next one
    }
  }
  throw new Error('Postgres does not run as root, and this system has neither a user "postgres" nor "nobody": start IMAS as another user.');
}

/** Whether a user may enter a folder: every folder above it, and itself, must let it through. */
export async function mayEnter(user: SystemUser | null, folder: string): Promise<boolean> {
  if (user === null) return true;
  for (let path = resolve(folder); ; path = dirname(path)) {
    const { mode, uid, gid } = await stat(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
