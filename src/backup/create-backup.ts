import { Client } from 'pg';
import { copyOut } from '../db/copy.ts';
import { quoted, readMigrations, readSequences, readTables } from '../db/tables.ts';
import { countRows, createBackupFile } from './backup-file.ts';

export interface TableProgress {
  readonly table: string;
  readonly rows: number;
  /** All of its rows are through. */
  readonly done: boolean;
}

export interface BackupOptions {
  readonly databaseUrl: string;
  readonly file: string;
  readonly keyFingerprint: string;
  readonly onProgress?: (progress: TableProgress) => void;
}

/**
 * Writes everything that the database holds, as it is at one moment, while everything goes on working. Resolves with the rows of each table.
 * @throws Error with `EEXIST` when the file is there
 */
export async function createBackup({
  databaseUrl,
  file,
  keyFingerprint,
  onProgress,
}: BackupOptions): Promise<Readonly<Record<string, number>>> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'imas-backup', connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const writer = await createBackupFile(file);
    try {
      await client.query('begin isolation level repeatable read read only');
      const tables = await readTables(client);
      await writer.line({
        imas_backup: 1,
        made_at: new Date().toISOString(),
        migrations: await readMigrations(client),
        key_fingerprint: keyFingerprint,
      });
      const rows: Record<string, number> = {};
      for (const { name, columns } of tables) {
        await writer.line({ table: name, columns });
        let count = 0;
        await copyOut(client, `copy ${quoted(name)} (${columns.map(quoted).join(', ')}) to stdout`, async (piece) => {
          await writer.rows(piece);
          count += countRows(piece);
          onProgress?.({ table: name, rows: count, done: false });
        });
        await writer.endOfRows();
        rows[name] = count;
        onProgress?.({ table: name, rows: count, done: true });
      }
      // No transaction holds a sequence still: read last, it is past every row.
      await writer.line({ rows, sequences: await readSequences(client) });
      await client.query('commit');
      await writer.finish();
      return rows;
    } catch (error) {
      await writer.giveUp();
      throw error;
    }
  } finally {
    await client.end();
  }
}
