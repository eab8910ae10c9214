import { createRoute, z } from '@hono/zod-openapi';
import { ownDocuments } from '../../connectors/registry.ts';
import { createSharedReads } from '../../db/shared-reads.ts';
import { isWritten } from '../../domain/incident/document-sections.ts';
import { said } from '../../domain/said.ts';
import {
  editSection,
  readSections,
  readSectionVersion,
  sectionColumns,
  unwritten,
  type SectionVersion,
} from '../../incidents/document-edits.ts';
import { words } from '../../texts/languages.ts';
import type { ApiDeps } from '../deps.ts';
import { conditions, readKeyset } from '../keyset.ts';
import { listAnswer, listQuery } from '../list-answer.ts';
import { invalid, Problem } from '../problem.ts';
import { jsonBody, jsonResponse, listOf, problemContent, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { actorOf } from './actor.ts';
import { readDocumentFacts } from '../../incidents/document-facts.ts';
import { standingFacts } from './document-facts.ts';
import { DocumentQuery, DocumentRead, SectionConflict, SectionParam, SectionVersionRead, SectionWrite } from './document-wire.ts';
import { incidentIdOf, readIncident } from './read.ts';
import { IncidentParam } from './wire.ts';

const tags = ['incidents'];

const read = createRoute({
  method: 'get',
  path: '/{id}/document',
  tags,
  summary: 'Retrieve the incident document',
  description:
    'Returns the incident document (LID) that IMAS keeps itself: facts and timeline as the incident stands now, and what people wrote for the postmortem. Returns 404 if there is no such incident, or if its document is kept elsewhere or not created yet.',
  request: { params: IncidentParam, query: DocumentQuery },
  responses: { 200: jsonResponse(DocumentRead, 'The document, as a whole and by section.'), ...problems(401, 404, 422) },
});

const write = createRoute({
  method: 'put',
  path: '/{id}/document/sections/{section}',
  tags,
  summary: 'Write a section of the incident document',
  description:
    'Stores your text as the next version of the section, or puts an earlier version back, whatever the status of the incident. Earlier versions are kept. If somebody else has written in the section since the version that you edited, nothing is stored, and the 409 has both texts. Returns 404 if there is no such incident, or if it has no document here.',
  request: {
    params: SectionParam,
    ...jsonBody(SectionWrite, { version: 0, text: 'The cache was restarted without its data.' }),
  },
  responses: {
    200: jsonResponse(SectionVersionRead, 'The section as it is now.'),
    ...problems(400, 401, 404, 422),
    409: { description: 'Somebody else has written in the section since.', content: problemContent(SectionConflict) },
  },
});

const versions = createRoute({
  method: 'get',
  path: '/{id}/document/sections/{section}/versions',
  tags,
  summary: 'List the versions of a section',
  description:
    'Lists every version of what people wrote in a section of the incident document, newest first: who wrote it, when, and its text. Returns 404 if there is no such incident.',
  request: {
    params: SectionParam,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(50).default(20).openapi({ description: 'The page size.' }),
      cursor: listQuery.cursor,
    }),
  },
  responses: {
    200: jsonResponse(listOf(SectionVersionRead, 'DocumentSectionVersionList'), 'A page of versions.'),
    ...problems(401, 404, 422),
  },
});

export function createIncidentDocument(deps: ApiDeps) {
  const { pool } = deps.database;
  const router = createRouter();
  const shared = createSharedReads();

  router.openapi(read, async (c) => {
    const { id } = c.req.valid('param');
    const { language, time_zone: timeZone } = c.req.valid('query');
    return c.json(await shared(`${id} ${language} ${timeZone}`, () => readDocument(deps, id, { language, timeZone })), 200);
  });

  router.openapi(write, async (c) => {
    const { id, section } = c.req.valid('param');
    const given = c.req.valid('json');
    const incidentId = await incidentIdOf(pool, id);
    await requireDocument(pool, incidentId);
    const restoredFrom = 'restore' in given ? given.restore : null;
    const text = 'restore' in given ? await textOf(given.restore) : given.text;
    const actor = actorOf(c.get('signedIn'));
    const { outcome, now } = await editSection(pool, { incidentId, section, version: given.version, text, actor, restoredFrom });
    if (outcome === 'saved') return c.json(presentVersion(now), 200);
    const changed = said('command.sectionChanged', { who: now.actor?.name ?? '' });
    throw new Problem(409, words(changed), { said: changed, members: { current: presentVersion(now), yours: text } });

    async function textOf(version: number): Promise<string> {
      const found = await readSectionVersion(pool, { incidentId, section, version });
      if (found === null) throw invalid([{ field: 'restore', reason: 'there is no such version of this section' }]);
      return found.text;
    }
  });

  router.openapi(versions, async (c) => {
    const { id, section } = c.req.valid('param');
    const { limit, cursor } = c.req.valid('query');
    const where = conditions();
    where.add('incident_id = ?', await incidentIdOf(pool, id));
    where.add('section = ?', section);
    const list = await readKeyset<SectionVersion>(pool, {
      columns: sectionColumns,
      from: 'document_edits',
      conditions: where,
      order: { by: 'version', type: 'integer', descending: true },
      id: { column: 'version', type: 'integer' },
      cursor,
      limit,
    });
    return c.json(listAnswer(c, deps.config, list, list.rows.map(presentVersion)), 200);
  });

  return router;
}

async function readDocument(
  { database: { pool }, config }: ApiDeps,
  givenId: string,
  reader: Parameters<typeof ownDocuments.render>[2],
): Promise<z.infer<typeof DocumentRead>> {
  const incidentId = await incidentIdOf(pool, givenId);
  const { body, created_at } = await requireDocument(pool, incidentId);
  const [incident, written] = await Promise.all([readIncident(pool, incidentId, config.baseUrl), readSections(pool, incidentId)]);
  const texts = new Map([...written].map(([section, { text }]) => [section, text]));
  const { title, sections, markdown } = ownDocuments.render(
    await readDocumentFacts(pool, incident.id, standingFacts(incident)),
    texts,
    reader,
  );
  const edits = [...written.values()].map(({ editedAt }) => editedAt?.toISOString() ?? '');
  return {
    title,
    body: markdown,
    sections: sections.map((rendered) => ({
      ...rendered,
      written: isWritten(rendered.section) ? presentVersion(written.get(rendered.section) ?? unwritten) : null,
    })),
    original: body === '' ? null : body,
    created_at: created_at.toISOString(),
    updated_at: [incident.updated_at, ...edits].reduce((latest, time) => (time > latest ? time : latest)),
  };
}

/** @throws Problem 404 */
async function requireDocument(pool: ApiDeps['database']['pool'], incidentId: string): Promise<{ body: string; created_at: Date }> {
  const { rows } = await pool.query<{ body: string; created_at: Date }>('select body, created_at from documents where incident_id = $1', [
    incidentId,
  ]);
  if (rows[0] === undefined) {
    const none = said('command.noDocument');
    throw new Problem(404, words(none), { said: none });
  }
  return rows[0];
}

const presentVersion = ({ version, text, actor, editedAt, restoredFrom }: SectionVersion): z.infer<typeof SectionVersionRead> => ({
  version,
  text,
  edited_by: actor,
  edited_at: editedAt?.toISOString() ?? null,
  restored_from: restoredFrom,
});
