import { z } from '@hono/zod-openapi';
import { documentSections, writtenSections } from '../../domain/incident/document-sections.ts';
import { languages } from '../../texts/languages.ts';
import { Timestamp } from '../../resources/field-map/shapes.ts';
import { ProblemBody } from '../problem.ts';
import { ActorRead, IncidentParam } from './wire.ts';

/** Characters. */
const longestText = 50_000;

const Version = z.number().int().min(0).max(2_147_483_646);
const Markdown = z.string().max(longestText).openapi({ description: 'Markdown.' });

export const SectionVersionRead = z
  .object({
    version: Version.openapi({ description: 'Counts from 1; 0 while nobody has written in the section.' }),
    text: z.string().openapi({ description: 'Markdown, as it was written.' }),
    edited_by: ActorRead.nullable(),
    edited_at: Timestamp.nullable(),
    restored_from: z.number().int().nullable().openapi({ description: 'The version whose text was put back.' }),
  })
  .openapi('DocumentSectionVersion');

export const SectionRead = z
  .object({
    section: z.enum(documentSections),
    heading: z.string().openapi({ example: 'Root cause' }),
    facts: z.string().openapi({ description: 'What IMAS knows, in Markdown, as the incident stands now. It may be empty.' }),
    written: SectionVersionRead.nullable().openapi({
      description: 'What people wrote, in its latest version; null for a section that nobody writes in.',
    }),
  })
  .openapi('DocumentSection');

export const DocumentRead = z
  .object({
    title: z.string().openapi({ example: 'Incident Report - INC-A1B2C3' }),
    body: z.string().openapi({ description: 'The whole document in Markdown.' }),
    sections: z.array(SectionRead),
    original: z.string().nullable().openapi({
      description: 'The text that an earlier version of IMAS stored when the incident was opened, in Markdown; null for newer documents.',
    }),
    created_at: Timestamp,
    updated_at: Timestamp.openapi({ description: 'When the incident last changed, or somebody last wrote in the document.' }),
  })
  .openapi('IncidentDocument');

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

export const DocumentQuery = z.object({
  language: z.enum(languages).default('en').openapi({ description: 'The language of the headings and of what IMAS says.' }),
  time_zone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'must be an IANA time zone, for example Europe/Paris')
    .default('UTC')
    .openapi({ description: 'The IANA time zone of the times in the text.', example: 'Europe/Paris' }),
});

export const SectionParam = IncidentParam.extend({
  section: z.enum(writtenSections).openapi({ param: { name: 'section', in: 'path' }, example: 'root_cause' }),
});

const Edited = Version.openapi({ description: 'The version that you edited: the latest one you have read.' });

export const SectionWrite = z
  .union([
    z.strictObject({ version: Edited, text: Markdown }),
    z.strictObject({
      version: Edited,
      restore: z.number().int().min(1).max(2_147_483_646).openapi({ description: 'The version whose text is put back.' }),
    }),
  ])
  .openapi('DocumentSectionWrite');

export const SectionConflict = ProblemBody.extend({
  current: SectionVersionRead.openapi({ description: 'What somebody else has written since.' }),
  yours: z.string().openapi({ description: 'Your text, which was not stored.' }),
}).openapi('DocumentSectionConflict');
