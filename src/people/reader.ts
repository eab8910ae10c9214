import type { Pool } from 'pg';
import { anyReader, type Reader } from '../domain/reader.ts';

/** Language and time zone that a user chose. */
export async function readReader(pool: Pool, userId: string | null): Promise<Reader> {
  if (userId === null) return anyReader;
  const { rows } = await pool.query<{ language: Reader['language'] | null; time_zone: string | null }>({
    name: 'reader',
    text: 'select language, time_zone from users where id = $1',
    values: [userId],
  });
  return { language: rows[0]?.language ?? anyReader.language, timeZone: rows[0]?.time_zone ?? anyReader.timeZone };
}
