import { z } from '@hono/zod-openapi';
import { field } from './field-map/field.ts';
import { Description, Name } from './field-map/shapes.ts';

/** Fields that most resources have. */
export const name = (help: string) => field({ label: 'Name', help, schema: Name, required: true });

export const description = (help: string) => field({ label: 'Description', help, schema: Description, default: '', isLong: true });

export const isActive = (help: string) => field({ label: 'Is Active', help, schema: z.boolean(), default: true });

/** ITU-T E.164. */
export const Phone = z.string().regex(/^\+[1-9]\d{5,14}$/, 'must be an international number, as +33612345678');

export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as 09:00');

/** 1 Monday to 7 Sunday. */
export const Days = z.array(z.number().int().min(1).max(7)).min(1);

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
