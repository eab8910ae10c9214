import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Config } from '../config.ts';
import { invalid } from './problem.ts';

export const listQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).openapi({ description: 'The page size.' }),
  cursor: z.string().max(500).optional().openapi({ description: 'From `next` or `previous`; opaque to callers.' }),
  search: z.string().max(200).optional().openapi({ description: 'Text to search for; not case-sensitive.' }),
};

/** Where an answer begins: after (or before) the row with this ordering value and id. */
export interface Keyset {
  readonly value: string | null;
  readonly id: string;
  readonly back: boolean;
}

const KeysetCursor = z.tuple([z.string().nullable(), z.string(), z.boolean()]);
const OffsetCursor = z.number().int().min(0).max(1_000_000);

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function decode<T>(schema: z.ZodType<T>, cursor: string): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    value = null;
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid([{ field: 'cursor', reason: 'take it from next or previous' }]);
  return parsed.data;
}

export const encodeOffset = (offset: number): string => encode(offset);
export const decodeOffset = (cursor: string | undefined): number => (cursor === undefined ? 0 : decode(OffsetCursor, cursor));

export const encodeKeyset = ({ value, id, back }: Keyset): string => encode([value, id, back]);
export function decodeKeyset(cursor: string | undefined): Keyset | null {
  if (cursor === undefined) return null;
  const [value, id, back] = decode(KeysetCursor, cursor);
  return { value, id, back };
}

interface Neighbours {
  readonly count: number;
  /** Cursors; null where the list begins or ends. */
  readonly next: string | null;
  readonly previous: string | null;
}

/** What every list answers: a part of it, with the addresses of its neighbours. */
export const listAnswer = <T>(c: Context, config: Config, { count, next, previous }: Neighbours, results: T[]) => ({
  count,
  next: cursorUrl(c, config, next),
  previous: cursorUrl(c, config, previous),
  results,
});

/** This request's own address with another cursor, as callers see it from outside. */
function cursorUrl(c: Context, config: Config, cursor: string | null): string | null {
  if (cursor === null) return null;
  const url = new URL(c.req.url);
  url.searchParams.set('cursor', cursor);
  return `${config.baseUrl}${url.pathname.replace(/([^/])$/, '$1/')}${url.search}`;
}
