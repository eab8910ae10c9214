import { z } from 'zod';

/** E.164: a plus sign, and at most fifteen digits that begin with the country's. */
const e164 = /^\+[1-9][0-9]{6,14}$/;

/** As OVH takes it, from how people write it: `+33 6 12 34 56 78`, `0033612345678`. Null for a number without its country, and for none. */
export function readPhoneNumber(text: string): string | null {
  const digits = text
    .trim()
    .replace(/[\s.()-]/g, '')
    .replace(/^00/, '+');
  return e164.test(digits) ? digits : null;
}

export const PhoneNumber = z
  .string()
  .refine((text) => readPhoneNumber(text) !== null, 'must be a phone number in international format, such as +33612345678');
