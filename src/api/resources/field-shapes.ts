import { z } from '@hono/zod-openapi';
import { severities } from '../../domain/vocabulary.ts';
import { Timestamp } from '../route-parts.ts';

/** Fields that many resources share. */
export const Name = z.string().trim().min(1).max(200);
export const Description = z.string().max(10_000);
export const Severity = z.enum(severities);
export const Id = z.uuid('must be a UUID');
export const HttpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2_000);

export const RefRead = z.object({ id: z.uuid(), name: z.string() }).openapi('Ref');

export const rowRead = { id: z.uuid(), created_at: Timestamp, updated_at: Timestamp };

export const presentRow = (row: { id: string; createdAt: Date; updatedAt: Date }) => ({
  id: row.id,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
});

/** Only what the body names: `undefined` would be written as null. */
export function given<T extends object>(columns: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as never;
}
