import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { compress } from 'hono/compress';
import { html } from 'hono/html';
import { cacheControl } from '../cache-control.ts';
import { createRouter } from '../router.ts';

const assetsDir = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

/** Swagger UI writes style attributes; its scripts are its own files. Nothing comes from another host. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const pageBelow = (basePath: string) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>IMAS API</title>
        <link rel="icon" href="${basePath}/api/docs/assets/favicon-32x32.png" />
        <link rel="stylesheet" href="${basePath}/api/docs/assets/swagger-ui.css" />
      </head>
      <body>
        <main id="swagger-ui"></main>
        <script src="${basePath}/api/docs/assets/swagger-ui-bundle.js"></script>
        <script src="${basePath}/api/docs/start.js"></script>
      </body>
    </html>`;

const startBelow = (basePath: string): string =>
  `SwaggerUIBundle({ url: '${basePath}/api/v1/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, persistAuthorization: false });\n`;

/** Mounted at /api/docs, below the base path: the OpenAPI document for people to read and try. */
export function createDocsRoutes(basePath: string) {
  const router = createRouter();
  router.get('/', (c) => {
    c.header('Content-Security-Policy', policy);
    return c.html(pageBelow(basePath));
  });
  router.get('/start.js', (c) => c.body(startBelow(basePath), 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
  for (const asset of assets) {
    router.get(`/assets/${asset}`, compress(), cacheControl('public, max-age=86400'), serveStatic({ root: assetsDir, path: asset }));
  }
  return router;
}
