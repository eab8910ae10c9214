import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { asArchiver } from '../archive/archiver.ts';
import { WrongKey } from '../archive/erase-histories.ts';
import type { SecretBox } from '../secrets/secret-box.ts';

export interface ErasureDeps {
  readonly pool: Pool;
  readonly client: Client;
  readonly secrets: SecretBox;
  readonly log: Logger;
}

/** What the erasure's link says of it, for ever. */
export interface Order {
  readonly by: string;
  readonly reason: string;
}

/** Something speaks against it, which its user can do something about: the message is all there is to say. */
export class CannotErase extends Error {
  override readonly name = 'CannotErase';
}

/** Nothing else is archived or erased meanwhile. @throws CannotErase */
export async function erasing<T>({ pool }: ErasureDeps, act: () => Promise<T>): Promise<T> {
  try {
    return (await asArchiver(pool, 'wait', act)) as T;
  } catch (error) {
    if (error instanceof WrongKey)
      throw new CannotErase(
        `The archive is sealed under another key than IMAS_SECRET_KEY (${error.message}): nobody could tell an erasure under this one from a forged one.`,
      );
    throw error;
  }
}
