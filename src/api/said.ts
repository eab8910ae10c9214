import { z } from '@hono/zod-openapi';
import { asSaid, type Said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';

/** What the system says: a code with values for programs and for other languages, and its words in English. */
export const SaidRead = z
  .object({
    code: z.string().openapi({ description: 'What is said, for programs.', example: 'entry.sent' }),
    values: z.record(z.string(), z.unknown()).openapi({ description: 'The values in the message, by name.' }),
    message: z.string().openapi({ description: 'The message in English.', example: 'Notification sent to Slack (SRE Core)' }),
  })
  .openapi('Said');

export type SaidWire = z.infer<typeof SaidRead>;

export function presentSaid(given: Said | string): SaidWire {
  const { code, values } = asSaid(given);
  return { code, values, message: words({ code, values }) };
}
