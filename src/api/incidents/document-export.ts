import { createRoute, z } from '@hono/zod-openapi';
import { attempt } from '../../connections/attempt.ts';
import { createCall } from '../../connectors/call.ts';
import type { Documents } from '../../connectors/connector.ts';
import type { Outcome, Ref } from '../../connectors/outcome.ts';
import { said } from '../../domain/said.ts';
import { words } from '../../texts/languages.ts';
import type { ApiDeps } from '../deps.ts';
import { Problem } from '../problem.ts';
import { problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';
import { incidentIdOf } from './read.ts';
import { IncidentParam } from './wire.ts';

const content = (schema: z.ZodType) => ({ schema });

const exportDocument = createRoute({
  method: 'get',
  path: '/{id}/document/export',
  tags: ['incidents'],
  summary: 'Export a document kept elsewhere',
  description:
    'Returns the incident document that is kept in Google Drive as it stands there now, with what people wrote, as Markdown or as PDF. Returns 404 if there is no such incident, or if its document is not kept elsewhere; one that IMAS keeps is read with `GET /incidents/{id}/document`. Returns 502 if the document cannot be fetched.',
  request: {
    params: IncidentParam,
    query: z.object({ format: z.enum(['markdown', 'pdf']).default('markdown').openapi({ description: 'What it is exported as.' }) }),
  },
  responses: {
    200: {
      description: 'The document.',
      content: { 'text/markdown': content(z.string()), 'application/pdf': content(z.string().openapi({ format: 'binary' })) },
    },
    ...problems(401, 404, 422, 502),
  },
});

const exportTimeoutMs = 25_000;

/** Of the connector that keeps documents at Google. */
const googleDocuments = 'google-docs';

export function createDocumentExport({ config, database: { pool }, registry, egress, log }: ApiDeps) {
  return createRouter().openapi(exportDocument, async (c) => {
    const incidentId = await incidentIdOf(pool, c.req.valid('param').id);
    const { rows } = await pool.query<{ ref: Ref; short_id: string }>(
      'select d.ref, i.short_id from external_documents d join incidents i on i.id = d.incident_id where d.incident_id = $1',
      [incidentId],
    );
    const connector = registry.byId(googleDocuments);
    const [row] = rows;
    const documents = connector?.documents;
    if (row === undefined || config.googleDrive === null || connector === undefined || documents === undefined) {
      const none = said('command.noDocument');
      throw new Problem(404, words(none), { said: none });
    }
    const signal = AbortSignal.timeout(exportTimeoutMs);
    const call = createCall(connector, { config: config.googleDrive, door: egress, actId: `${incidentId}/document/export`, signal });
    const ask = async <T>(act: (abilities: Documents<unknown>) => Promise<Outcome<T>> | undefined): Promise<T> => {
      const outcome = await attempt(call, log.child({ incidentId }), async () => {
        const asked = act(documents as Documents<unknown>);
        if (asked === undefined) throw new Error('this connector exports no documents');
        return asked;
      });
      if (outcome.ok) return outcome.value;
      const sentences = [outcome.reason, ...(outcome.cure === null ? [] : [outcome.cure])].map((one) => words(one));
      throw new Problem(502, sentences.join(' '), { said: outcome.reason });
    };
    const isPdf = c.req.valid('query').format === 'pdf';
    c.header('Content-Disposition', `attachment; filename="${row.short_id}.${isPdf ? 'pdf' : 'md'}"`);
    if (isPdf) {
      const bytes = await ask((abilities) => abilities.exportPdf?.(call, row.ref));
      return c.body(new Uint8Array(bytes), 200, { 'Content-Type': 'application/pdf' });
    }
    return c.body(await ask((abilities) => abilities.export?.(call, row.ref)), 200, { 'Content-Type': 'text/markdown; charset=utf-8' });
  });
}
