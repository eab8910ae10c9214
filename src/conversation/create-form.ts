import type { Reply } from '../connectors/connector.ts';
import { said, type SaidCode } from '../domain/said.ts';
import { severities, type Severity } from '../domain/vocabulary.ts';
import { uuidOf } from '../incidents/uuid-of.ts';
import { incidentUrl } from '../incidents/incident-now.ts';
import { words } from '../texts/languages.ts';
import type { ConversationDeps, Doing } from './conversation.ts';
import { text } from './reply.ts';

/** As many as Slack's menus hold (static_select, options). */
const mostServices = 100;

/** Of the form by which an incident is opened. */
export const createFormName = 'create';

export async function createForm({ pool }: ConversationDeps, { user }: Doing, title: string): Promise<Reply> {
  const { rows } = await pool.query<{ name: string }>('select name from services where is_active order by is_catch_all, name limit $1', [
    mostServices,
  ]);
  const label = (code: SaidCode): string => words(said(code), user.reader.language);
  return {
    kind: 'form',
    form: createFormName,
    title: label('chat.form.title'),
    fields: [
      { name: 'title', label: label('chat.form.incidentTitle'), required: true, options: [], value: title },
      {
        name: 'service',
        label: label('message.fact.service'),
        required: true,
        options: rows.map(({ name }) => name),
        value: rows[0]?.name ?? '',
      },
      { name: 'severity', label: label('message.fact.severity'), required: true, options: [...severities], value: 'SEV3_MEDIUM' },
      { name: 'description', label: label('chat.form.description'), required: false, options: [], isLong: true },
    ],
  };
}

/** Opens the incident that a form was filled in for; the same form sent twice opens one. */
export async function readCreated(
  deps: ConversationDeps,
  { id, user, via }: Doing,
  values: Readonly<Record<string, string>>,
): Promise<Reply> {
  const title = (values['title'] ?? '').trim().slice(0, 500);
  const severity = severities.find((known): known is Severity => known === values['severity']);
  const { rows } = await deps.pool.query<{ id: string }>('select id from services where lower(name) = lower($1) and is_active', [
    values['service'] ?? '',
  ]);
  const serviceId = rows[0]?.id;
  if (title === '' || severity === undefined || serviceId === undefined) return text(said('chat.form.incomplete'), user);
  const opened = await deps.incidents.open({
    id: uuidOf(`incident ${id}`),
    title,
    description: (values['description'] ?? '').slice(0, 20_000),
    serviceId,
    severity,
    impactScopeIds: [],
    assigneeId: null,
    actor: { type: 'user', id: user.id, name: user.name, via },
  });
  return text(said('chat.opened', { incident: opened.shortId, url: incidentUrl(deps.baseUrl, opened.shortId) }), user);
}
