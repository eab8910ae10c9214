import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { compress } from 'hono/compress';
import { cacheControl } from '../cache-control.ts';
import { Problem } from '../problem.ts';
import { createRouter } from '../router.ts';

/** Where `vite build ui` puts the pages. */
export const builtPagesDir = fileURLToPath(new URL('../../../dist/ui', import.meta.url));

/** Styles are set by script, so inline ones are allowed; scripts, requests and frames are the pages' own. */
const policy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The pages: one document for all their addresses, and what it loads. They are built for any base path, which is put in here. */
export function createPageRoutes(dir: string, basePath = '') {
  const router = createRouter();
  router.get('/', (c) => c.redirect('/dashboard/'));
  if (!existsSync(join(dir, 'index.html'))) {
    for (const path of ['/dashboard/*', '/admin/*', '/sign-in']) {
      router.get(path, () => {
        throw new Problem(503, 'The pages are not built: run "npm run build". The API works without them.');
      });
    }
    return router;
  }
  // Their names hold a hash of what they are.
  router.get('/assets/*', compress(), cacheControl('public, max-age=31536000, immutable'), serveStatic({ root: dir }));
  const document = documentBelow(basePath, readFileSync(join(dir, 'index.html'), 'utf8'));
  for (const path of ['/dashboard/*', '/admin/*', '/sign-in']) {
    router.get(path, (c) => {
      c.header('Content-Security-Policy', policy);
      c.header('Cache-Control', 'no-cache');
      return c.html(document);
    });
  }
  router.get('/:file{[a-z0-9-]+\\.(?:svg|png|ico|js|json|txt|webmanifest)}', cacheControl('no-cache'), serveStatic({ root: dir }));
  return router;
}

/** What the document loads is named from where it lies (`./assets/…`); it is shown at addresses of every depth. */
const documentBelow = (basePath: string, built: string): string =>
  built
    .replaceAll(/(\s(?:href|src)=")\.\//g, `$1${basePath}/`)
    .replace('<meta name="base-path" content="" />', `<meta name="base-path" content="${basePath}" />`);
