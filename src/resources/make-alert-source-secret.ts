import { getRandomValues } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Registry } from '../connectors/registry.ts';
import type { Database } from '../db/database.ts';
import { generatedSecret } from '../domain/generated-secret.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { alertSources } from './alert-sources.ts';
import { mapEntities } from './field-map/map-entities.ts';
import { conflict, Refusal } from './field-map/refusal.ts';
import { entitiesOf, type Writer } from './field-map/resource.ts';
import { writeResource } from './field-map/write-resource.ts';
import { catalogue, resources } from './index.ts';

export interface MakeSecretOptions {
  readonly database: Database;
  readonly registry: Registry;
  readonly secrets: SecretBox;
  readonly baseUrl: string;
  /** In any case. */
  readonly name: string;
  /** In the place of one that it has. */
  readonly replace: boolean;
  readonly by: Writer;
}

export interface MadeSecret {
  readonly name: string;
  readonly source: string;
  readonly webhookUrl: string;
  /** Kept only as a hash: nobody sees it again. */
  readonly secret: string;
}

/** Gives an alert source a secret that nobody guesses. @throws Refusal where there is none of this name, or it has one already */
export async function makeAlertSourceSecret(options: MakeSecretOptions): Promise<MadeSecret> {
  const { database, registry, secrets, baseUrl, name, replace, by } = options;
  const { rows } = await database.pool.query<{ id: string; name: string; has_secret: boolean }>(
    'select id, name, secret_hash is not null as has_secret from alert_sources order by name',
  );
  const found = rows.find((row) => row.name.toLowerCase() === name.toLowerCase());
  if (found === undefined)
    throw new Refusal('unknown', `There is no alert source "${name}", only ${rows.map((row) => `"${row.name}"`).join(', ')}.`);
  if (found.has_secret && !replace) throw conflict(`"${found.name}" has a secret already, which a new one would replace.`);
  mapEntities(database.orm, entitiesOf(resources));
  const secret = generatedSecret(getRandomValues);
  const em = database.orm.em.fork() as EntityManager;
  const write = { act: 'update', id: found.id, given: { secret } } as const;
  const { after } = await writeResource(alertSources as never, write, {
    em,
    targets: catalogue,
    secrets,
    registry,
    baseUrl,
    isDemo: false,
    by,
  });
  return { name: found.name, source: String(after?.['source']), webhookUrl: String(after?.['webhook_url']), secret };
}
