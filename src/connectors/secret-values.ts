import type { z } from 'zod';
import { isSecretName, secrecyOf, type Secrecy } from './secret.ts';

export type StoredConfig = Readonly<Record<string, unknown>>;

/** Names from the config down to a value. */
export type Path = readonly string[];

/** A secret as it is stored. */
export interface Sealed {
  readonly $sealed: string;
}

export const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && typeof (value as { $sealed?: unknown }).$sealed === 'string';

type OnSecret = (leaf: unknown, path: Path) => unknown;

/** Puts what `onSecret` makes of every secret value, sealed or not, in its place, and keeps the shape around them. */
export function mapSecrets(config: StoredConfig, schema: z.ZodType, onSecret: OnSecret): StoredConfig {
  const secrecy = secrecyOf(schema);
  return Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        const kept = secrecy.get(name);
        return [name, kept === undefined ? value : mapSecretsOf(value, kept, [name], onSecret)];
      }),
  );
}

function mapSecretsOf(value: unknown, secrecy: Secrecy, path: Path, onSecret: OnSecret): unknown {
  if (isSealed(value)) return onSecret(value, path);
  if (Array.isArray(value)) return value.map((item, index) => mapSecretsOf(item, secrecy, [...path, String(index)], onSecret));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name,
        mapSecretsOf(item, isSecretName(name) ? 'whole' : secrecy, [...path, name], onSecret),
      ]),
    );
  }
  return secrecy === 'whole' ? onSecret(value, path) : value;
}

/** Every secret text of an opened config: what must not be repeated, even where the other side does. */
export function secretTexts(schema: z.ZodType, config: StoredConfig): readonly string[] {
  const texts: string[] = [];
  mapSecrets(config, schema, (leaf) => texts.push(String(leaf)));
  return texts;
}
