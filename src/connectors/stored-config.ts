import type { z } from 'zod';
import { SecretUnreadable, type SecretBox } from '../secrets/secret-box.ts';
import type { Connector } from './connector.ts';
import { destinationFieldNames, isSecretName, secrecyOf, type Secrecy } from './secret.ts';

/** What people see in the place of a secret; sent back in an update, it means "as before". */
export const mask = '********';

export type StoredConfig = Readonly<Record<string, unknown>>;

/** `field` is a path like `headers.Authorization`. Never repeats a value. */
export interface ConfigProblem {
  readonly field: string;
  readonly reason: string;
}

export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ field, reason }) => `${field}: ${reason}`).join('\n'));
    this.problems = problems;
  }
}

interface Sealed {
  readonly $sealed: string;
}

const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && typeof (value as { $sealed?: unknown }).$sealed === 'string';

/**
 * Checks a config as a person gave it, and makes what is stored: every secret value is sealed for this provider and its
 * place in the config. Empty texts and nulls are left out. `stored` is what masked values stand for, as long as they still
 * go where they went: whoever may change the address must not learn a secret by pointing it at themselves.
 * @throws InvalidConfig
 */
export function sealConfig(
  connector: Connector,
  providerId: string,
  given: unknown,
  box: SecretBox,
  stored: StoredConfig = {},
): StoredConfig {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InvalidConfig([{ field: 'config', reason: 'must be an object' }]);
  const secrecy = secrecyOf(configSchema(connector));
  const problems: ConfigProblem[] = [];
  const filled = Object.entries(given)
    .filter(([, value]) => value !== '' && value !== null && value !== undefined)
    .map(([name, value]) => [name, secrecy.get(name) === 'named' ? structured(value) : value] as const);
  const restored = filled.map(([name, value]) => {
    const kept = secrecy.get(name);
    if (kept === undefined) return [name, value];
    return [
      name,
      mapSecrets(value, kept, [name], (leaf, path) => (leaf === mask ? restore(stored, path, providerId, box, problems) : leaf)),
    ];
  });
  if (problems.length > 0) throw new InvalidConfig(problems);
  const config = parse(connector, Object.fromEntries(restored));
  refuseMaskedElsewhere(connector, providerId, Object.fromEntries(filled), config, stored, box);
  return mapAll(config, secrecy, (leaf, path) => ({ $sealed: box.seal(JSON.stringify(leaf), boundTo(providerId, path)) }));
}

/** @throws InvalidConfig that names every masked field, when a field that says where they are sent has changed. */
function refuseMaskedElsewhere(
  connector: Connector,
  providerId: string,
  given: StoredConfig,
  config: StoredConfig,
  stored: StoredConfig,
  box: SecretBox,
): void {
  const destinations = destinationFieldNames(configSchema(connector));
  const moved = destinations.filter(
    (name) => given[name] !== mask && config[name] !== openOrNothing(stored[name], [name], providerId, box),
  );
  if (moved.length === 0) return;
  const problems: ConfigProblem[] = [];
  mapAll(given, secrecyOf(configSchema(connector)), (leaf, path) => {
    const changed = moved.join(' and ');
    if (leaf === mask) problems.push({ field: path.join('.'), reason: `must be entered again, since ${changed} has changed` });
    return leaf;
  });
  if (problems.length > 0) throw new InvalidConfig(problems);
}

function openOrNothing(value: unknown, path: Path, providerId: string, box: SecretBox): unknown {
  if (!isSealed(value)) return value;
  try {
    return openLeaf(value, path, providerId, box);
  } catch (error) {
    if (error instanceof SecretUnreadable) return undefined;
    throw error;
  }
}

/**
 * The config to work with. A value that was stored without a seal (sample data) is taken as it is.
 * @throws SecretUnreadable, InvalidConfig where it no longer fits its connector.
 */
export function openConfig<Config>(connector: Connector<Config>, providerId: string, stored: StoredConfig, box: SecretBox): Config {
  return parse(connector, openSealed(connector, providerId, stored, box)) as Config;
}

/** The config as people may see it: names, with every secret value masked. Needs no key. */
export function maskConfig(connector: Connector, stored: StoredConfig): StoredConfig {
  return mapAll(stored, secrecyOf(configSchema(connector)), () => mask);
}

/** Every secret text of an opened config: what must not be repeated, even where the other side does. */
export function secretTexts(schema: z.ZodType, config: StoredConfig): readonly string[] {
  const texts: string[] = [];
  mapAll(config, secrecyOf(schema), (leaf) => texts.push(String(leaf)));
  return texts;
}

export interface Resealed {
  readonly config: StoredConfig;
  /** How many values were sealed anew. */
  readonly changed: number;
  /** Paths of values that no known key opens; they are left as they are. */
  readonly unreadable: readonly string[];
}

/** Every sealed value under the current key. Needs no connector, so a type that this version does not know is done too. */
export function resealConfig(providerId: string, stored: StoredConfig, box: SecretBox): Resealed {
  const unreadable: string[] = [];
  let changed = 0;
  const reseal = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => reseal(item, [...path, String(index)]));
    if (typeof value !== 'object' || value === null) return value;
    if (!isSealed(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, reseal(item, [...path, name])]));
    if (box.isCurrent(value.$sealed)) return value;
    try {
      const plain = box.open(value.$sealed, boundTo(providerId, path));
      changed += 1;
      return { $sealed: box.seal(plain, boundTo(providerId, path)) };
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      unreadable.push(path.join('.'));
      return value;
    }
  };
  const config = reseal(stored, []) as StoredConfig;
  return { config, changed, unreadable };
}

/** Free-form fields may come as the text of JSON, in which no name would be seen; other text is left for the schema to judge. */
function structured(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    const parsed = JSON.parse(value) as unknown;
    return typeof parsed === 'object' && parsed !== null ? parsed : value;
  } catch {
    return value;
  }
}

const openSealed = (connector: Connector, providerId: string, stored: StoredConfig, box: SecretBox): StoredConfig =>
  mapAll(stored, secrecyOf(configSchema(connector)), (leaf, path) => (isSealed(leaf) ? openLeaf(leaf, path, providerId, box) : leaf));

const openLeaf = (leaf: Sealed, path: Path, providerId: string, box: SecretBox): unknown =>
  JSON.parse(box.open(leaf.$sealed, boundTo(providerId, path)));

type Path = readonly string[];

const boundTo = (providerId: string, path: Path): string => `providers/${providerId}/${path.map(encodeURIComponent).join('/')}`;

function configSchema(connector: Connector): NonNullable<Connector['config']> {
  if (connector.config === undefined) throw new InvalidConfig([{ field: 'type', reason: `${connector.title} has no configuration` }]);
  return connector.config as unknown as NonNullable<Connector['config']>;
}

function restore(stored: StoredConfig, path: Path, providerId: string, box: SecretBox, problems: ConfigProblem[]): unknown {
  const field = path.join('.');
  const before = path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined),
    stored,
  );
  if (before === undefined) problems.push({ field, reason: 'is masked, but nothing is stored there: enter the value' });
  if (!isSealed(before)) return before;
  try {
    return openLeaf(before, path, providerId, box);
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error;
    problems.push({ field, reason: 'can no longer be read: enter the value again' });
    return undefined;
  }
}

function parse(connector: Connector, config: unknown): StoredConfig {
  const parsed = configSchema(connector).safeParse(config);
  if (parsed.success) return parsed.data as StoredConfig;
  throw new InvalidConfig(parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'config', reason: message })));
}

type OnSecret = (leaf: unknown, path: Path) => unknown;

const mapAll = (config: StoredConfig, secrecy: ReadonlyMap<string, Secrecy>, onSecret: OnSecret): StoredConfig =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        const kept = secrecy.get(name);
        return [name, kept === undefined ? value : mapSecrets(value, kept, [name], onSecret)];
      }),
  );

/** Calls `onSecret` for every secret value below, sealed or not, and keeps the shape around them. */
function mapSecrets(value: unknown, secrecy: Secrecy, path: Path, onSecret: OnSecret): unknown {
  if (isSealed(value)) return onSecret(value, path);
  if (Array.isArray(value)) return value.map((item, index) => mapSecrets(item, secrecy, [...path, String(index)], onSecret));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        mapSecrets(item, isSecretName(name) ? 'whole' : secrecy, [...path, name], onSecret),
      ]),
    );
  }
  return secrecy === 'whole' ? onSecret(value, path) : value;
}
