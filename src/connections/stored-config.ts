import type { z } from 'zod';
import type { Connector } from '../connectors/connector.ts';
import { destinationFields, secrecyOf } from '../connectors/secret.ts';
import { isSealed, mapSecrets, type Path, type Sealed, type StoredConfig } from '../connectors/secret-values.ts';
import { SecretUnreadable, type SecretBox } from '../secrets/secret-box.ts';

/** What people see in the place of a secret; sent back in an update, it means "as before". */
export const mask = '********';

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

/**
 * Checks a config as a person gave it, and makes what is stored: every secret value is sealed for this `place`, which is
 * the row that keeps it (`providers/<id>`), and its path in the config; it opens nowhere else. Empty texts and nulls are
 * left out. `stored` is what masked values stand for, as long as they still go where they went: whoever may change the
 * address must not learn a secret by pointing it at themselves.
 * @throws InvalidConfig
 */
export function sealConfig(connector: Connector, place: string, given: unknown, box: SecretBox, stored: StoredConfig = {}): StoredConfig {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new InvalidConfig([{ field: 'config', reason: 'must be an object' }]);
  const schema = configSchema(connector);
  const secrecy = secrecyOf(schema);
  const problems: ConfigProblem[] = [];
  const filled = Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== '' && value !== null && value !== undefined)
      .map(([name, value]) => [name, secrecy.get(name) === 'named' ? structured(value) : value]),
  );
  refuseTooMany(filled, schema);
  const restored = mapSecrets(filled, schema, (leaf, path) => (leaf === mask ? restore(stored, path, place, box, problems) : leaf));
  if (problems.length > 0) throw new InvalidConfig(problems);
  const config = parse(connector, restored);
  refuseMaskedElsewhere(connector, place, filled, config, stored, box);
  return mapSecrets(config, schema, (leaf, path) => ({ $sealed: box.seal(JSON.stringify(leaf), boundTo(place, path)) }));
}

/** Each is sealed and opened by itself, and that while nothing else is done. */
const mostSecrets = 200;

function refuseTooMany(given: StoredConfig, schema: NonNullable<Connector['config']>): void {
  let count = 0;
  mapSecrets(given, schema, () => (count += 1));
  if (count > mostSecrets) throw new InvalidConfig([{ field: 'config', reason: `holds more than ${mostSecrets} secrets` }]);
}

/** @throws InvalidConfig that names every masked field, when a field that says where or how they are sent has changed. */
function refuseMaskedElsewhere(
  connector: Connector,
  place: string,
  given: StoredConfig,
  config: StoredConfig,
  stored: StoredConfig,
  box: SecretBox,
): void {
  const moved = [...destinationFields(configSchema(connector))]
    .filter(([name, field]) => given[name] !== mask && config[name] !== orDefault(field, openOrNothing(stored[name], [name], place, box)))
    .map(([name]) => name);
  if (moved.length === 0) return;
  const problems: ConfigProblem[] = [];
  mapSecrets(given, configSchema(connector), (leaf, path) => {
    const changed = moved.join(' and ');
    if (leaf === mask) problems.push({ field: path.join('.'), reason: `must be entered again, since ${changed} has changed` });
    return leaf;
  });
  if (problems.length > 0) throw new InvalidConfig(problems);
}

const orDefault = (field: z.ZodType, value: unknown): unknown => (value === undefined ? field.safeParse(undefined).data : value);

function openOrNothing(value: unknown, path: Path, place: string, box: SecretBox): unknown {
  if (!isSealed(value)) return value;
  try {
    return openLeaf(value, path, place, box);
  } catch (error) {
    if (error instanceof SecretUnreadable) return undefined;
    throw error;
  }
}

/**
 * The config to work with. A value that was stored without a seal (sample data) is taken as it is.
 * @throws SecretUnreadable, InvalidConfig where it no longer fits its connector.
 */
export function openConfig<Config>(connector: Connector<Config>, place: string, stored: StoredConfig, box: SecretBox): Config {
  return parse(connector, openSealed(connector, place, stored, box)) as Config;
}

/** The config as people may see it: names, with every secret value masked. Needs no key. */
export function maskConfig(connector: Connector, stored: StoredConfig): StoredConfig {
  return mapSecrets(stored, configSchema(connector), () => mask);
}

export interface Resealed {
  readonly config: StoredConfig;
  /** How many values were sealed anew. */
  readonly changed: number;
  /** Paths of values that no known key opens; they are left as they are. */
  readonly unreadable: readonly string[];
}

/** Every sealed value under the current key. Needs no connector, so a type that this version does not know is done too. */
export function resealConfig(place: string, stored: StoredConfig, box: SecretBox): Resealed {
  const unreadable: string[] = [];
  let changed = 0;
  const reseal = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => reseal(item, [...path, String(index)]));
    if (typeof value !== 'object' || value === null) return value;
    if (!isSealed(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, reseal(item, [...path, name])]));
    if (box.isCurrent(value.$sealed)) return value;
    try {
      const plain = box.open(value.$sealed, boundTo(place, path));
      changed += 1;
      return { $sealed: box.seal(plain, boundTo(place, path)) };
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

const openSealed = (connector: Connector, place: string, stored: StoredConfig, box: SecretBox): StoredConfig =>
  mapSecrets(stored, configSchema(connector), (leaf, path) => (isSealed(leaf) ? openLeaf(leaf, path, place, box) : leaf));

const openLeaf = (leaf: Sealed, path: Path, place: string, box: SecretBox): unknown =>
  JSON.parse(box.open(leaf.$sealed, boundTo(place, path)));

const boundTo = (place: string, path: Path): string => `${place}/${path.map(encodeURIComponent).join('/')}`;

function configSchema(connector: Connector): NonNullable<Connector['config']> {
  if (connector.config === undefined) throw new InvalidConfig([{ field: 'type', reason: `${connector.title} has no configuration` }]);
  return connector.config as unknown as NonNullable<Connector['config']>;
}

function restore(stored: StoredConfig, path: Path, place: string, box: SecretBox, problems: ConfigProblem[]): unknown {
  const field = path.join('.');
  const before = path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined),
    stored,
  );
  if (before === undefined) problems.push({ field, reason: 'is masked, but nothing is stored there: enter the value' });
  if (!isSealed(before)) return before;
  try {
    return openLeaf(before, path, place, box);
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
