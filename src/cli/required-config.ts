import type { Config, ProductionConfig } from '../config.ts';
import { Stop } from './stop.ts';

const meanings = {
  DATABASE_URL: 'postgresql://user:password@host:5432/imas',
  TEMPORAL_ADDRESS: 'host:7233',
  IMAS_SECRET_KEY: 'at least 16 characters, the same for every process, such as the output of: openssl rand -base64 32',
} as const;

/** @throws Stop, one line that names every missing variable */
export function requireProduction(config: Config): ProductionConfig {
  const { databaseUrl, secretKey, temporal } = config;
  const missing: (keyof typeof meanings)[] = [];
  if (databaseUrl === null) missing.push('DATABASE_URL');
  if (temporal.address === null) missing.push('TEMPORAL_ADDRESS');
  if (secretKey === null) missing.push('IMAS_SECRET_KEY');
  if (databaseUrl === null || temporal.address === null || secretKey === null) {
    const wanted = missing.map((name) => `${name} (${meanings[name]})`).join(', ');
    throw new Stop(`Not set: ${wanted}. To run everything on this machine without settings, use "imas up".`);
  }
  return { ...config, databaseUrl, secretKey, temporal: { ...temporal, address: temporal.address } };
}

/** @throws Stop when DATABASE_URL is not set */
export function requireDatabase(config: Config): string {
  if (config.databaseUrl === null) throw new Stop(`Not set: DATABASE_URL (${meanings.DATABASE_URL}).`);
  return config.databaseUrl;
}
