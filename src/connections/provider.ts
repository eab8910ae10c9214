import type { Pool } from 'pg';
import type { Connector } from '../connectors/connector.ts';
import { done, failedForGood, type Outcome } from '../connectors/outcome.ts';
import type { Registry } from '../connectors/registry.ts';
import type { StoredConfig } from '../connectors/secret-values.ts';
import type { Templates } from '../connectors/wording.ts';
import { said } from '../domain/said.ts';
import { SecretUnreadable, type SecretBox } from '../secrets/secret-box.ts';
import { InvalidConfig, openConfig } from './stored-config.ts';

/** Where the secrets of a provider are kept: they open nowhere else. */
export const providerPlace = (id: string): string => `providers/${id}`;

export interface ProviderDeps {
  readonly database: { readonly pool: Pool };
  readonly registry: Registry;
  readonly secrets: SecretBox;
}

export interface OpenedProvider {
  readonly id: string;
  readonly type: string;
  readonly connector: Connector;
  readonly config: unknown;
  /** Its own words for messages. */
  readonly templates: Templates;
}

interface ProviderRow {
  readonly id: string;
  readonly type: string;
  readonly config: StoredConfig;
  readonly title_template: string | null;
  readonly body_template: string | null;
  readonly is_active: boolean;
}

/** Fails for good when it is gone or cannot be read: a person must mend that first. `evenInactive`: also one that is switched off. */
export async function openProvider(
  deps: ProviderDeps,
  id: string,
  { evenInactive = false }: { readonly evenInactive?: boolean } = {},
): Promise<Outcome<OpenedProvider>> {
  const { rows } = await deps.database.pool.query<ProviderRow>({
    name: 'provider',
    text: 'select id, type, config, title_template, body_template, is_active from providers where id = $1',
    values: [id],
  });
  const [row] = rows;
  if (row === undefined || !(row.is_active || evenInactive)) return failedForGood(said('cause.providerOff'));
  return openRow(deps, row);
}

/** The oldest active one of these types; null where there is none. */
export async function openFirstProvider(deps: ProviderDeps, types: readonly string[]): Promise<Outcome<OpenedProvider> | null> {
  const { rows } = await deps.database.pool.query<ProviderRow>(
    'select id, type, config, title_template, body_template, is_active from providers where is_active and type = any($1) order by created_at limit 1',
    [types],
  );
  const [row] = rows;
  return row === undefined ? null : openRow(deps, row);
}

/** All active ones of a type, oldest first. */
export async function openProviders(deps: ProviderDeps, type: string): Promise<readonly Outcome<OpenedProvider>[]> {
  const { rows } = await deps.database.pool.query<ProviderRow>({
    name: 'providers-of-type',
    text: 'select id, type, config, title_template, body_template, is_active from providers where is_active and type = $1 order by created_at, id',
    values: [type],
  });
  return rows.map((row) => openRow(deps, row));
}

function openRow({ registry, secrets }: ProviderDeps, row: ProviderRow): Outcome<OpenedProvider> {
  const { id, type, config } = row;
  const templates = { title: row.title_template, body: row.body_template };
  const connector = registry.byType(type);
  if (connector === undefined) return failedForGood(said('cause.cannotSend', { type }));
  try {
    return done({ id, type, connector, config: openConfig(connector, providerPlace(id), config, secrets), templates });
  } catch (error) {
    if (error instanceof SecretUnreadable) return failedForGood(said('cause.secretsGone'));
    if (error instanceof InvalidConfig) return failedForGood(said('cause.configInvalid'));
    throw error;
  }
}
