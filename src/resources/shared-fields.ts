import { z } from '@hono/zod-openapi';
import { field } from './field-map/field.ts';
import { Description, Name } from './field-map/shapes.ts';

/** Fields that most resources have. */
export const name = (help: string) => field({ label: 'Name', help, schema: Name, required: true });

export const description = (help: string) => field({ label: 'Description', help, schema: Description, default: '', isLong: true });

export const isActive = (help: string) => field({ label: 'Is Active', help, schema: z.boolean(), default: true });

export const TimeZone = z.string().max(100).refine(isTimeZone, 'must be an IANA time zone as Europe/Paris');

function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
