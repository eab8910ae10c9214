import { ApplicationFailure } from '@temporalio/common';
import type { NotifyingConnector } from '../connectors/registry.ts';
import { InvalidConfig, openConfig } from '../connectors/stored-config.ts';
import { failureTypes } from '../contract/names.ts';
import type { ProviderType } from '../domain/vocabulary.ts';
import { SecretUnreadable } from '../secrets/secret-box.ts';
import type { ActivityDeps } from './activities.ts';

export interface SendingProvider {
  readonly connector: NotifyingConnector;
  readonly config: unknown;
}

/** @throws RefusedByProvider when it is gone, cannot send, or its config cannot be read: a person must mend that first. */
export async function readProvider(
  { database, registry, secrets }: Pick<ActivityDeps, 'database' | 'registry' | 'secrets'>,
  providerId: string,
): Promise<SendingProvider> {
  const { rows } = await database.pool.query<{ id: string; type: ProviderType; config: Record<string, unknown>; is_active: boolean }>({
    name: 'provider',
    text: 'select id, type, config, is_active from providers where id = $1',
    values: [providerId],
  });
  const row = rows[0];
  if (row === undefined || !row.is_active) throw refused('The provider was removed or switched off.');
  const connector = registry.byType(row.type);
  if (connector?.notify === undefined) throw refused(`Providers of type ${row.type} cannot send.`);
  try {
    return { connector: { ...connector, notify: connector.notify }, config: openConfig(connector, row.id, row.config, secrets) };
  } catch (error) {
    if (error instanceof SecretUnreadable) throw refused('The secrets of the provider cannot be read: its key is gone.');
    if (error instanceof InvalidConfig) throw refused('The config of the provider is not valid any more.');
    throw error;
  }
}

export const refused = (message: string): ApplicationFailure =>
  ApplicationFailure.create({ type: failureTypes.refusedByProvider, message, nonRetryable: true });
