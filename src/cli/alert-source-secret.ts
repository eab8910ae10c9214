import type { Config } from '../config.ts';
import { createRegistry } from '../connectors/registry.ts';
import { openDatabase } from '../db/database.ts';
import { Refusal } from '../resources/field-map/refusal.ts';
import { makeAlertSourceSecret } from '../resources/make-alert-source-secret.ts';
import { createSecretBox } from '../secrets/create-secret-box.ts';
import { findInstallation } from './installation.ts';
import { Stop } from './stop.ts';

export interface AlertSourceSecretOptions {
  readonly replace: boolean;
  readonly json: boolean;
}

/** `imas alert-sources secret <name>`: prints the secret, once. @throws Stop */
export async function runAlertSourceSecret(name: string, { replace, json }: AlertSourceSecretOptions, config: Config): Promise<void> {
  const { databaseUrl, secretKey } = await findInstallation(config);
  if (secretKey === null) throw new Stop('Not set: IMAS_SECRET_KEY.');
  const database = await openDatabase(databaseUrl, { applicationName: 'imas-alert-sources', poolSize: 1, connectTimeoutMs: 5_000 });
  try {
    const made = await makeAlertSourceSecret({
      database,
      registry: createRegistry({ mail: config.mail }),
      secrets: createSecretBox({ key: secretKey, oldKeys: config.oldSecretKeys }),
      baseUrl: config.baseUrl,
      name,
      replace,
      by: { username: 'imas alert-sources', isStaff: true },
    });
    if (json) {
      const { webhookUrl, ...rest } = made;
      process.stdout.write(`${JSON.stringify({ ...rest, webhook_url: webhookUrl })}\n`);
      return;
    }
    process.stdout.write(
      `The secret of "${made.name}" (shown only once):\n\n  ${made.secret}\n\nAlerts go to ${made.webhookUrl} with the header\n\n  Authorization: Bearer ${made.secret}\n`,
    );
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Stop(error.kind === 'conflict' ? `${error.message} To replace it, add --replace.` : error.message);
  } finally {
    await database.close();
  }
}
