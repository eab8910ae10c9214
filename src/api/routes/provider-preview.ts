import { createRoute, z } from '@hono/zod-openapi';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { IncidentSummary, Notification } from '../../connectors/notification.ts';
import { bodyText, severityTitle, titleOr } from '../../connectors/notification-text.ts';
import { inWordsOf, longestTemplate, type Templates } from '../../connectors/wording.ts';
import type { Reader } from '../../domain/reader.ts';
import { said } from '../../domain/said.ts';
import { aboutIncident } from '../../incidents/about-incident.ts';
import { incidentUrl, ownDocumentUrl } from '../../incidents/incident-now.ts';
import { providers, templatesOf } from '../../resources/providers.ts';
import type { Config } from '../../config.ts';
import type { ApiDeps } from '../deps.ts';
import { optionalBody } from '../optional-body.ts';
import { notFound } from '../problem.ts';
import { IdParam, jsonResponse, problems } from '../route-parts.ts';
import { createRouter } from '../router.ts';

const GivenTemplates = z
  .strictObject({
    title_template: z.string().trim().max(longestTemplate.title).nullable().optional(),
    body_template: z.string().trim().max(longestTemplate.body).nullable().optional(),
  })
  .openapi('ProviderTemplates');
type GivenTemplates = z.infer<typeof GivenTemplates>;

const Words = z.object({ title: z.string(), body: z.string() }).openapi('PreviewedMessage');
const Preview = z.object({ en: Words, fr: Words }).openapi('ProviderPreview');

const body = {
  required: false,
  content: {
    'application/json': {
      schema: GivenTemplates,
      example: { title_template: '{{incident.short_id}} {{incident.title}} ({{service.name}})' },
    },
  },
};
const responses = { 200: jsonResponse(Preview, 'Title and body, in English and in French.') };

const preview = createRoute({
  method: 'post',
  path: '/{id}/preview',
  tags: ['providers'],
  summary: 'Preview a provider’s messages',
  description:
    'Returns what a message about a sample incident says, in English and in French, without sending it. Templates that are given take the place of the stored ones. What a channel adds or shortens is not shown.',
  middleware: optionalBody,
  request: { params: IdParam, body },
  responses: { ...responses, ...problems(401, 403, 404, 422) },
});

const previewUnsaved = createRoute({
  method: 'post',
  path: '/preview',
  tags: ['providers'],
  summary: 'Preview templates',
  description:
    'Returns what a message about a sample incident says with these templates, in English and in French, for a provider that is not saved yet. Nothing is sent.',
  middleware: optionalBody,
  request: { body },
  responses: { ...responses, ...problems(401, 403, 422) },
});

/** Mounted at /api/v1/provider-types: of what is not saved yet. */
export const createTemplatePreviewRoutes = ({ config }: Pick<ApiDeps, 'config'>) =>
  createRouter().openapi(previewUnsaved, (c) => c.json(show(config, over({ title: null, body: null }, c.req.valid('json'))), 200));

/** Mounted at /api/v1/providers, beside the collection. */
export const createProviderPreviewRoutes = ({ config, database }: ApiDeps) =>
  createRouter().openapi(preview, async (c) => {
    const em = database.orm.em.fork() as EntityManager;
    const provider = await em.findOne(providers.entity, { id: c.req.valid('param').id });
    if (provider === null) throw notFound('provider');
    return c.json(show(config, over({ title: provider.title_template, body: provider.body_template }, c.req.valid('json'))), 200);
  });

const show = ({ baseUrl }: Pick<Config, 'baseUrl'>, templates: Templates) => ({
  en: wordsFor(templates, sample(baseUrl, { language: 'en', timeZone: 'UTC' })),
  fr: wordsFor(templates, sample(baseUrl, { language: 'fr', timeZone: 'Europe/Paris' })),
});

/** @throws Refusal */
function over(stored: Templates, given: GivenTemplates | undefined): Templates {
  const { title_template: title = stored.title, body_template: text = stored.body } = templatesOf(given ?? {});
  return { title, body: text };
}

function wordsFor(templates: Templates, about: Notification): z.infer<typeof Words> {
  const message = inWordsOf(templates, about);
  return { title: titleOr(message, severityTitle(message)), body: bodyText(message) };
}

const sample = (baseUrl: string, reader: Reader): Notification => ({
  ...aboutIncident({ summaryFor: () => sampleIncident(baseUrl), note: null }, reader),
  purpose: 'page',
  event: 'incident.created',
  occasion: said('message.occasion.new'),
  reasons: [],
});

const sampleIncident = (baseUrl: string): IncidentSummary => ({
  id: '00000000-0000-4000-8000-000000000000',
  shortId: 'INC-A1B2C3',
  title: 'Redis cluster down',
  description: 'No replica has answered for 2 minutes.',
  severity: 'SEV2_HIGH',
  status: 'TRIGGERED',
  service: { id: '00000000-0000-4000-8000-000000000000', name: 'redis-prod' },
  team: 'SRE Core',
  assignee: null,
  createdAt: '2026-01-05T09:00:00.000Z',
  url: incidentUrl(baseUrl, 'INC-A1B2C3'),
  alerts: null,
  links: {
    document: ownDocumentUrl(baseUrl, 'INC-A1B2C3'),
    warRoom: 'https://chat.example.com/inc-a1b2c3-redis-prod',
    runbook: 'https://wiki.example.com/runbooks/redis',
    source: null,
    dashboard: null,
  },
});
