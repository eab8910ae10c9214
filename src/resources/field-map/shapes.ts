import { z } from '@hono/zod-openapi';
import { severities } from '../../domain/vocabulary.ts';

/** What values many fields take, and how they are answered. */
export const Name = z.string().trim().min(1).max(200);
export const Description = z.string().max(10_000);
export const Severity = z.enum(severities);
export const Id = z.uuid('must be a UUID');
export const HttpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2_000);

/** RFC 3339 in UTC. */
export const Timestamp = z.iso.datetime().openapi({ format: 'date-time', example: '2026-01-05T09:00:00.000Z' });

export const RefRead = z.object({ id: z.uuid(), name: z.string() }).openapi('Ref');

/** What every row has. */
export const rowRead = { id: z.uuid(), created_at: Timestamp, updated_at: Timestamp };
