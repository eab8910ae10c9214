import { cors } from 'hono/cors';
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { createRouter } from '../router.ts';
import { act, openAnswer, type OpenAnswer } from '../../answers/open-answer.ts';
import { takenOf, type Taken } from '../../connectors/taken-text.ts';
import { said, type Said } from '../../domain/said.ts';
import { severityLook } from '../../domain/vocabulary.ts';
import { incidentUrl, readIncident } from '../../incidents/incident-now.ts';
import { words } from '../../texts/languages.ts';
import type { ApiDeps } from '../deps.ts';

/**
 * `/a/<link>`: one big button, without signing in. A GET never acts, since mail scanners fetch every link; the POST does. Neither the link nor
 * what it shows goes any further: no referrer, no cache, no script.
 */
export function createAnswerRoutes(deps: ApiDeps) {
  const { config, database, incidents } = deps;
  const open = (token: string) => openAnswer(database.pool, token, config.answerActs);
  const router = createRouter();
  router.use('/:token', async function answerHeaders(c, next) {
    await next();
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cache-Control', 'no-store');
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('X-Robots-Tag', 'noindex, nofollow');
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'");
  });
  // Apps in a browser (ntfy's) post from pages of their own. The link is all that counts: no cookie does.
  router.use('/:token', cors({ origin: '*', allowMethods: ['GET', 'POST'] }));
  router.get('/:token', async (c) => {
    const answer = await open(c.req.param('token'));
    if (answer === null) return c.html(page('en', said('answer.unknown')), 404);
    return c.html(answer.void === null ? question(answer) : told(config.baseUrl, answer, answer.void));
  });
  router.post('/:token', async (c) => {
    const answer = await open(c.req.param('token'));
    const asData = c.req.header('accept') === 'application/json';
    const { status, what } = answer === null ? { status: 404 as const, what: said('answer.unknown') } : await outcomeOf(answer);
    if (asData) return c.json({ text: words(what, answer?.reader.language ?? 'en') }, status);
    if (answer === null) return c.html(page('en', what), status);
    const taken = answer.act === 'acknowledge' && status === 200 ? await takenBy(answer) : null;
    return c.html(told(config.baseUrl, answer, what, taken), status);
  });

  async function outcomeOf(answer: OpenAnswer): Promise<{ readonly status: 200 | 409 | 410; readonly what: Said }> {
    if (answer.void !== null) return { status: 410, what: answer.void };
    const result = await act(incidents, answer);
    if (result.outcome === 'refused') return { status: 409, what: result.said };
    return { status: 200, what: result.outcome === 'pending' ? said('command.accepted') : doneBy(answer) };
  }
  /** What they took, as it is now. */
  async function takenBy({ incident, reader }: OpenAnswer): Promise<Taken | null> {
    const now = await readIncident(database.pool, incident.id, config.baseUrl);
    return now === null ? null : takenOf(now.summaryFor(reader), reader);
  }
  return router;
}

type Page = HtmlEscapedString | Promise<HtmlEscapedString>;

const doneBy = ({ act: done, user, incident }: OpenAnswer): Said =>
  said(`answer.done.${done}`, { who: user.name, incident: incident.shortId });

const about = ({ incident }: OpenAnswer): Page =>
  html`<p class="id">${severityLook[incident.severity].emoji} ${incident.shortId}</p>
    <h1>${incident.title}</h1>
    <p class="service">${incident.service}</p>`;

const question = (answer: OpenAnswer): Page =>
  page(
    answer.reader.language,
    said(`answer.ask.${answer.act}`),
    html`${about(answer)}
      <form method="post"><button type="submit">${words(said(`answer.ask.${answer.act}`), answer.reader.language)}</button></form>
      <p class="note">${words(said('answer.as', { who: answer.user.name }), answer.reader.language)}</p>`,
  );

const takenHtml = ({ facts, links }: Taken): Page =>
  html`<dl>
      ${facts.map(
        ([label, value]) =>
          html`<dt>${label}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${
      links.length === 0
        ? ''
        : html`<ul>
            ${links.map(([label, url]) => html`<li><a href="${url}" rel="noreferrer">${label}</a></li>`)}
          </ul>`
    }`;

const told = (baseUrl: string, answer: OpenAnswer, what: Said, taken: Taken | null = null): Page =>
  page(
    answer.reader.language,
    what,
    html`${about(answer)}
      <p class="said" role="status">${words(what, answer.reader.language)}</p>
      ${taken === null ? '' : takenHtml(taken)}
      <p>
        <a href="${incidentUrl(baseUrl, answer.incident.shortId)}" rel="noreferrer"
          >${words(said('message.link.incident'), answer.reader.language)}</a
        >
      </p>`,
  );

function page(language: 'en' | 'fr', what: Said, body: Page | null = null): Page {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${words(what, language)}</title>
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
            margin: 0 auto;
            display: flex;
            flex-direction: column;
            min-height: calc(100dvh - 48px);
          }
          .id,
          .service,
          .note {
            margin: 0;
            opacity: 0.75;
          }
          h1 {
            margin: 4px 0;
            font-size: 24px;
            line-height: 1.3;
            overflow-wrap: anywhere;
          }
          form {
            margin-top: auto;
          }
          button {
            width: 100%;
            padding: 24px 16px;
            border: 0;
            border-radius: 12px;
            background: #1c4ed8;
            color: #fff;
            font: 700 22px/1.2 inherit;
            cursor: pointer;
          }
          button:focus-visible {
            outline: 4px solid;
            outline-offset: 3px;
          }
          .said {
            font-size: 20px;
            font-weight: 600;
          }
          .note {
            margin-top: 12px;
            font-size: 15px;
            text-align: center;
          }
          dl {
            display: grid;
            grid-template-columns: auto 1fr;
            gap: 4px 16px;
            margin: 0;
          }
          dt {
            opacity: 0.75;
          }
          dd {
            margin: 0;
            overflow-wrap: anywhere;
          }
          ul {
            margin: 12px 0 0;
            padding: 0;
            list-style: none;
          }
          a {
            display: inline-block;
            padding: 12px 0;
          }
        </style>
      </head>
      <body>
        <main>${body ?? html`<p class="said" role="status">${words(what, language)}</p>`}</main>
      </body>
    </html>`;
}
