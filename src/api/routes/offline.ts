import { html } from 'hono/html';
import type { SaidCode } from '../../domain/said.ts';
import { said } from '../../domain/said.ts';
import { words } from '../../texts/languages.ts';
import { createRouter } from '../router.ts';

/** What the installed app shows where there is no connection. The service worker keeps it. */
export function createOfflineRoutes(basePath: string) {
  return createRouter().get('/offline', (c) => {
    const language = /^\s*fr\b/i.test(c.req.header('accept-language') ?? '') ? 'fr' : 'en';
    const text = (code: SaidCode): string => words(said(code), language);
    c.header('Cache-Control', 'no-cache');
    c.header('Vary', 'Accept-Language');
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    return c.html(
      html`<!doctype html>
        <html lang="${language}">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width,initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <title>${text('offline.title')}</title>
            <style>
              :root {
                color-scheme: light dark;
              }
              body {
                margin: 0;
                padding: 24px 16px;
                font:
                  18px/1.5 -apple-system,
                  'Segoe UI',
                  Roboto,
                  Helvetica,
                  Arial,
                  sans-serif;
              }
              main {
                max-width: 480px;
                margin: 15vh auto 0;
              }
              h1 {
                font-size: 24px;
                line-height: 1.3;
              }
              a {
                display: block;
                padding: 18px 16px;
                border-radius: 12px;
                background: #1c4ed8;
                color: #fff;
                font-weight: 700;
                text-align: center;
                text-decoration: none;
              }
            </style>
          </head>
          <body>
            <main>
              <h1>${text('offline.title')}</h1>
              <p>${text('offline.text')}</p>
              <a href="${basePath}/dashboard/">${text('offline.again')}</a>
            </main>
          </body>
        </html>`,
    );
  });
}
