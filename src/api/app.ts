import type { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { requestId } from 'hono/request-id';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import { createAlertRedelivery, createRejectedRedelivery } from './alerts/redeliver.ts';
import { authenticate, staffToWrite } from './auth/authenticate.ts';
import { basePathOf, locationsBelow } from './base-path.ts';
import { createDemoWebhookSink } from '../demo/webhook-sink.ts';
import type { ApiDeps } from './deps.ts';
import { idempotency } from './idempotency.ts';
import { createIncidentRoutes } from './incidents/routes.ts';
import { openApiDocument } from './openapi.ts';
import { createNotFound, notFound, onError, Problem } from './problem.ts';
import { configurationRoutes } from './resources/index.ts';
import { type ApiEnv, createRouter } from './router.ts';
import { createAlertRoutes } from './routes/alerts.ts';
import { createAuthRoutes } from './routes/auth.ts';
import { createDocsRoutes } from './routes/docs.ts';
import { createEventRoutes } from './routes/events.ts';
import { createHealthRoutes } from './routes/health.ts';
import { createHomeRoutes } from './routes/home.ts';
import { createInboxRoutes } from './routes/inbox.ts';
import { createMeRoutes } from './routes/me.ts';
import { createMetricsRoutes } from './routes/metrics.ts';
import { createOnCallRoutes } from './routes/on-call.ts';
import { builtPagesDir, createPageRoutes } from './routes/pages.ts';
import { createProviderTestRoutes } from './routes/provider-test.ts';
import { createProviderTypeRoutes } from './routes/provider-types.ts';
import { createRejectedPayloadRoutes } from './routes/rejected-payloads.ts';
import { createWebhookRoutes, createWebhooks, type Webhooks } from './routes/webhooks.ts';
import { storable } from './storable.ts';

const maxBodyBytes = 1024 * 1024;

export interface AppOptions {
  readonly pagesDir?: string;
  /** For how long alerts are routed by what was read before, milliseconds; see the settings cache of intake. */
  readonly settingsFreshForMs?: number;
  /** Those that the server's listener has too; of its own when absent. */
  readonly webhooks?: Webhooks;
}

/**
 * The whole API and the pages. Order matters: what stands before `authenticate` is open to all or authenticates by
 * itself; everything under /api after it needs a signed-in user, so a route that is added there is closed by default.
 */
export function createApp(deps: ApiDeps, { pagesDir = builtPagesDir, webhooks, ...options }: AppOptions = {}): OpenAPIHono<ApiEnv> {
  const { config } = deps;
  const basePath = basePathOf(config.baseUrl);
  const app = createRouter();
  app.onError(onError);
  app.notFound(createNotFound(() => app.routes));

  app.route('/api/v1/webhooks', createWebhookRoutes(webhooks ?? createWebhooks(deps, options)));
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
  if (config.demo) app.route('/demo/inbox/webhook', createDemoWebhookSink({ pool: deps.database.pool }));
  app.route('/api/docs', createDocsRoutes(basePath));
  app.get('/api/v1/openapi.json', (c) => c.json(openApiDocument(app, deps.registry, config.baseUrl)));
  app.all('/api/v1/webhooks/*', () => {
    throw notFound('alert source');
  });

  app.use('/api/*', bodyLimit({ maxSize: maxBodyBytes, onError: refuseTooLarge }));
  app.use('/api/*', storable);
  app.route('/api/auth', createAuthRoutes(deps));
  app.use('/api/*', authenticate(deps));
  app.use('/api/v1/*', idempotency(deps));
  app.route('/api/v1/me', createMeRoutes());
  app.route('/api/v1/events', createEventRoutes(deps));
  app.route('/api/v1/home', createHomeRoutes(deps));
  app.route('/api/v1/incidents', createIncidentRoutes(deps));
  app.route('/api/v1/alerts', createAlertRoutes(deps));
  app.route('/api/v1/alerts', createAlertRedelivery(deps));
  app.route('/api/v1/rejected-payloads', createRejectedPayloadRoutes(deps));
  app.route('/api/v1/rejected-payloads', createRejectedRedelivery(deps));
  app.route('/api/v1/inbox', createInboxRoutes(deps));
  app.route('/api/v1/provider-types', createProviderTypeRoutes(deps.registry));
  for (const [path, router] of Object.entries(configurationRoutes(deps))) {
    app.use(`/api/v1/${path}/*`, staffToWrite);
    app.route(`/api/v1/${path}`, router);
  }
  app.route('/api/v1/schedules', createOnCallRoutes(deps));
  app.route('/api/v1/providers', createProviderTestRoutes(deps));
  return app;
}

function refuseTooLarge(): never {
  throw new Problem(413, 'The body is larger than 1 MiB.');
}
