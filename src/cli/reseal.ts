import type { Config } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { createSecretBox } from '../secrets/create-secret-box.ts';
import { findInstallation } from './installation.ts';
import { reseal } from './reseal-rows.ts';
import { Stop } from './stop.ts';

/** `imas reseal`. Returns the exit code: 1 when something is stored that none of the keys opens. @throws Stop */
export async function runReseal(options: { readonly json: boolean }, config: Config): Promise<number> {
  const { databaseUrl, secretKey } = await findInstallation(config);
  if (secretKey === null) throw new Stop('Not set: IMAS_SECRET_KEY, the key to encrypt with.');
  const database = await openDatabase(databaseUrl, { applicationName: 'imas-reseal', poolSize: 1, connectTimeoutMs: 5_000 });
  try {
    const report = await reseal(database.pool, createSecretBox({ key: secretKey, oldKeys: config.oldSecretKeys }));
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else {
      for (const place of report.unreadable) process.stdout.write(`NOT READABLE  ${place}: none of the keys can decrypt it\n`);
      process.stdout.write(`${report.resealed} ${report.resealed === 1 ? 'value' : 'values'} re-encrypted with the current key.\n`);
    }
    return report.unreadable.length === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}
