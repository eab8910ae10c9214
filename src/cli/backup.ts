import { resolve } from 'node:path';
import { Client } from 'pg';
import { UnusableBackup } from '../backup/backup-file.ts';
import { createBackup, type TableProgress } from '../backup/create-backup.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import type { Config } from '../config.ts';
import { runBatchedChanges } from '../db/run-batched-changes.ts';
import { createSecretBox } from '../secrets/create-secret-box.ts';
import { keyFingerprint } from '../secrets/key-fingerprint.ts';
import { findInstallation } from './installation.ts';
import { progressLines } from './migrate.ts';
import { Stop } from './stop.ts';

/** `imas backup FILE`. @throws Stop */
export async function runBackup(file: string, { json }: { readonly json: boolean }, config: Config): Promise<void> {
  const { databaseUrl, secretKey } = await findInstallation(config);
  if (secretKey === null) throw new Stop('Not set: IMAS_SECRET_KEY, the key that opens what is stored.');
  await checkKey(databaseUrl, secretKey);
  const path = resolve(file);
  const rows = await createBackup({ databaseUrl, file: path, keyFingerprint: keyFingerprint(secretKey), onProgress: tableLines() }).catch(
    (error: { code?: string; message: string }) => {
      if (error.code === 'EEXIST') throw new Stop(`${path} is there already: name another file.`);
      if (['ENOENT', 'EACCES', 'EPERM'].includes(error.code ?? '')) throw new Stop(`${path} cannot be written (${error.code}).`);
      throw error;
    },
  );
  if (json) process.stdout.write(`${JSON.stringify({ file: path, rows })}\n`);
  else
    process.stdout.write(
      `${sum(rows)} rows written to ${path}. Keep IMAS_SECRET_KEY apart from it: nobody can open the stored secrets without the key, and it is not in the file.\n`,
    );
}

/** `imas restore FILE`. @throws Stop */
export async function runRestore(
  file: string,
  { json, replace }: { readonly json: boolean; readonly replace: boolean },
  config: Config,
): Promise<void> {
  const { databaseUrl, secretKey } = await findInstallation(config);
  if (secretKey === null) throw new Stop('Not set: IMAS_SECRET_KEY, the key of the installation that was backed up.');
  const keyFingerprints = [secretKey, ...config.oldSecretKeys].map(keyFingerprint);
  try {
    const { madeAt, rows, applied } = await restoreBackup({
      databaseUrl,
      file: resolve(file),
      keyFingerprints,
      replace,
      onProgress: tableLines(),
    });
    const changed = await runBatchedChanges(databaseUrl, { onProgress: progressLines() });
    if (json) process.stdout.write(`${JSON.stringify({ made_at: madeAt, rows, applied, changed })}\n`);
    else
      process.stdout.write(
        `${sum(rows)} rows restored, as they were at ${madeAt}${applied.length === 0 ? '' : `; applied since: ${applied.join(', ')}`}.\n`,
      );
  } catch (error) {
    if (error instanceof UnusableBackup) throw new Stop(error.message);
    throw error;
  }
}

/** One key opens the whole backup: what is sealed under another would be found out when it is needed. */
async function checkKey(databaseUrl: string, key: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, application_name: 'imas-backup', connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ sealed: string }>(
      `select sealed from archive_head union all select signing_secret from alert_sources where signing_secret is not null
       union all select (regexp_matches(config::text, 'v1\\.[0-9a-f]{8}\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+', 'g'))[1] from providers`,
    );
    const box = createSecretBox({ key, oldKeys: [] });
    const others = rows.filter(({ sealed }) => !box.isCurrent(sealed)).length;
    if (others > 0)
      throw new Stop(
        `${others} of ${rows.length} stored secrets are sealed under another key than IMAS_SECRET_KEY: correct it, or run "imas reseal" first.`,
      );
  } finally {
    await client.end();
  }
}

/** A line a table at its end, and one a second meanwhile. */
function tableLines(): (progress: TableProgress) => void {
  let saidAtMs = performance.now();
  return ({ table, rows, done }) => {
    if ((!done && performance.now() - saidAtMs < 1_000) || (done && rows === 0)) return;
    saidAtMs = performance.now();
    process.stderr.write(`${table}: ${rows} rows${done ? '' : ' …'}\n`);
  };
}

const sum = (rows: Readonly<Record<string, number>>): number => Object.values(rows).reduce((all, some) => all + some, 0);
