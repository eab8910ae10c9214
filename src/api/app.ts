import type { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { requestId } from 'hono/request-id';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import { createAlertRedelivery, createRejectedRedelivery } from './alerts/redeliver.ts';
import { authenticate, permit } from './auth/authenticate.ts';
import { refuseFromElsewhere } from './auth/same-origin.ts';
import { basePathOf, locationsBelow } from './base-path.ts';
import { createDemoWebhookSink } from '../demo/webhook-sink.ts';
import { onConfiguration, onIncidents, onOneself, type Rights } from '../domain/permissions.ts';
import { createReceiveMail } from '../mailbox/receive-mail.ts';
import { createCatalogue } from '../resources/field-map/catalogue.ts';
import { mapEntities } from '../resources/field-map/map-entities.ts';
import { entitiesOf, type Resource } from '../resources/field-map/resource.ts';
import type { Witness } from '../resources/field-map/write-resource.ts';
import { resources } from '../resources/index.ts';
import { createCollectionRoutes } from './collection.ts';
import type { ApiDeps } from './deps.ts';
import { idempotency } from './idempotency.ts';
import { createIncidentRoutes } from './incidents/routes.ts';
import { openApiDocument } from './openapi.ts';
import { createNotFound, notFound, onError, Problem } from './problem.ts';
import type { ApiEnv } from './env.ts';
import { createRouter } from './router.ts';
import { createAnswerRoutes } from './routes/answers.ts';
import { createAlertRoutes } from './routes/alerts.ts';
import { createChatRoutes } from './routes/chat.ts';
import { createAuthRoutes } from './routes/auth.ts';
import { createDeviceRoutes } from './routes/devices.ts';
import { createDocsRoutes } from './routes/docs.ts';
import { createEventRoutes } from './routes/events.ts';
import { createHealthRoutes } from './routes/health.ts';
import { createHomeRoutes } from './routes/home.ts';
import { createMailHookRoutes, type MailHook } from './routes/mail-hook.ts';
import { createInboxRoutes } from './routes/inbox.ts';
import { createMeRoutes } from './routes/me.ts';
import { createMetricsRoutes } from './routes/metrics.ts';
import { createOnCallRoutes } from './routes/on-call.ts';
import { createOfflineRoutes } from './routes/offline.ts';
import { builtPagesDir, createPageRoutes } from './routes/pages.ts';
import { createProfileRoutes } from './routes/profile.ts';
import { createProviderPreviewRoutes, createTemplatePreviewRoutes } from './routes/provider-preview.ts';
import { createProviderTestRoutes } from './routes/provider-test.ts';
import { createProviderTypeRoutes } from './routes/provider-types.ts';
import { createRejectedPayloadRoutes } from './routes/rejected-payloads.ts';
import { createResourceRoutes } from './routes/resources.ts';
import { createSimulationRoutes } from './routes/simulations.ts';
import { createWebhookRoutes, createWebhooks, type Webhooks } from './routes/webhooks.ts';
import { storable } from './storable.ts';

const maxBodyBytes = 1024 * 1024;

export interface AppOptions {
  readonly pagesDir?: string;
  /** For how long alerts are routed by what was read before, milliseconds; see the settings cache of intake. */
  readonly settingsFreshForMs?: number;
  /** Those that the server's listener has too; of its own when absent. */
  readonly webhooks?: Webhooks;
  /** Beside those of `src/resources`. */
  readonly moreResources?: readonly Resource[];
  /** Sees every change of a resource in its transaction. */
  readonly witness?: Witness;
}

/**
 * The whole API and the pages. Order matters: what stands before `authenticate` is open to all or authenticates by
 * itself; everything under /api after it needs a signed-in user, so a route that is added there is closed by default.
 */
export function createApp(
  deps: ApiDeps,
  { pagesDir = builtPagesDir, webhooks, moreResources = [], witness, ...options }: AppOptions = {},
): OpenAPIHono<ApiEnv> {
  const { config } = deps;
  const basePath = basePathOf(config.baseUrl);
  const app = createRouter();
  app.onError(onError);
  app.notFound(createNotFound(() => app.routes));

  app.route('/api/v1/webhooks', createWebhookRoutes(webhooks ?? createWebhooks(deps, options)));
  // Before what counts and logs requests, and with headers of its own: the address is the secret.
  app.route('/a', createAnswerRoutes(deps));
  if (basePath !== '') app.use(locationsBelow(basePath));
  app.use(requestId({ limitLength: 64 }));
  app.use(async function observe(c, next) {
    c.set('log', deps.log);
    await next();
    deps.metrics.httpRequests.inc({ method: c.req.method, route: routePath(c, -1), status: String(c.res.status) });
  });
  app.use(
    secureHeaders({
      strictTransportSecurity: config.baseUrl.startsWith('https:'),
      xFrameOptions: 'DENY',
      referrerPolicy: 'same-origin',
    }),
  );
  app.use('/api/*', async function apiHeaders(c, next) {
    await next();
    if (!c.res.headers.has('content-security-policy')) c.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
    if (!c.res.headers.has('cache-control')) c.header('Cache-Control', 'no-store');
  });

  app.route('/health', createHealthRoutes(deps));
  app.route('/metrics', createMetricsRoutes(deps));
  app.route('/', createPageRoutes(pagesDir, basePath));
  app.route('/', createOfflineRoutes(basePath));
  if (config.demo) {
    // It asks nobody who they are; a page of another site shall not fill it with messages of its own.
    app.use('/demo/*', refuseFromElsewhere(config.baseUrl));
    app.route('/demo/inbox/webhook', createDemoWebhookSink({ pool: deps.database.pool }));
  }
  app.route('/api/docs', createDocsRoutes(basePath));
  const catalogue = createCatalogue([...resources, ...moreResources]);
  app.get('/api/v1/openapi.json', (c) => c.json(openApiDocument(app, { registry: deps.registry, catalogue, baseUrl: config.baseUrl })));
  app.all('/api/v1/webhooks/*', () => {
    throw notFound('alert source');
  });

  app.use('/api/*', bodyLimit({ maxSize: maxBodyBytes, onError: refuseTooLarge }));
  app.use('/api/*', storable);
  app.route('/api/v1', createChatRoutes(deps));
  app.route('/api/v1', createMailHookRoutes(mailHookOf(deps)));
  app.route('/api/auth', createAuthRoutes(deps));
  app.use('/api/*', authenticate(deps));
  app.use('/api/v1/*', idempotency(deps));

  mapEntities(deps.database.orm, entitiesOf([...catalogue.values()]));
  const collectionDeps = { ...deps, catalogue, witness };
  /** Whatever is mounted says who may use it. */
  function mount(path: string, on: Rights, ...routers: readonly OpenAPIHono<ApiEnv>[]): void {
    app.use(`/api/v1/${path}/*`, permit(on));
    for (const router of routers) app.route(`/api/v1/${path}`, router);
  }
  mount('me', onOneself, createMeRoutes(), createProfileRoutes(deps), createDeviceRoutes(deps));
  mount('events', onOneself, createEventRoutes(deps));
  mount('home', onOneself, createHomeRoutes(deps));
  mount('incidents', onIncidents, createIncidentRoutes(deps));
  mount('alerts', onConfiguration, createAlertRoutes(deps), createAlertRedelivery(deps));
  mount('rejected-payloads', onConfiguration, createRejectedPayloadRoutes(deps), createRejectedRedelivery(deps));
  mount('inbox', onOneself, createInboxRoutes(deps));
  mount('provider-types', onConfiguration, createProviderTypeRoutes(deps), createTemplatePreviewRoutes(deps));
  mount('simulations', onConfiguration, createSimulationRoutes(deps));
  mount('resources', onConfiguration, createResourceRoutes(catalogue, deps.registry));
  for (const resource of catalogue.values()) mount(resource.path, resource.rights, createCollectionRoutes(resource, collectionDeps));
  app.route('/api/v1/schedules', createOnCallRoutes(collectionDeps));
  app.route('/api/v1/providers', createProviderTestRoutes(deps));
  app.route('/api/v1/providers', createProviderPreviewRoutes(deps));
  return app;
}

function mailHookOf(deps: ApiDeps): MailHook | null {
  const settings = deps.config.mailAnswers;
  return settings?.hookSecret == null ? null : { secret: settings.hookSecret, receive: createReceiveMail({ ...deps, settings }) };
}

function refuseTooLarge(): never {
  throw new Problem(413, 'The body is larger than 1 MiB.');
}
