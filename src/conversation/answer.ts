import type { Reply } from '../connectors/connector.ts';
import type { CommandBody } from '../contract/incident.ts';
import { onCallOf } from '../domain/routing/targets.ts';
import { said, type Said } from '../domain/said.ts';
import type { KeptRoom } from '../rooms/kept-room.ts';
import { words } from '../texts/languages.ts';
import { findIncident, incidentLine, markdownAddress, openIncidents, plain, type KnownIncident } from './about-incidents.ts';
import { takenOf } from '../connectors/taken-text.ts';
import { findScope } from '../incidents/impact-scopes.ts';
import { readIncident } from '../incidents/incident-now.ts';
import { findPerson } from './account.ts';
import type { Ask } from './ask.ts';
import type { ConversationDeps, Doing } from './conversation.ts';
import { createForm } from './create-form.ts';
import { text } from './reply.ts';

/** Vendors wait for three seconds; what takes longer is said to be under way. */
const waitMs = 2_000;

/** Does what is asked, and says what came of it. @param room the war room where it is asked, if it is in one */
export async function answerTo(deps: ConversationDeps, doing: Doing, ask: Ask, room: KeptRoom | null): Promise<Reply> {
  const { user } = doing;
  switch (ask.do) {
    case 'help':
      return text(said('chat.help'), user);
    case 'unknown':
      return text(said('chat.notUnderstood', { text: ask.text.slice(0, 200) }), user);
    case 'list':
      return list(deps, doing);
    case 'create':
      return createForm(deps, doing, ask.title);
    case 'on_call':
      return whoIsOnCall(deps, doing, ask.team);
    case 'link':
      return text(said('chat.badCode'), user);
    default: {
      const given = ask.incident ?? room?.incidentId ?? null;
      if (given === null) return text(said('chat.whichIncident'), user);
      const incident = await findIncident(deps.pool, given);
      if (incident === null) return text(said('chat.noIncident', { incident: given }), user);
      if (ask.do === 'status') return { kind: 'text', text: line(deps, doing, incident), forAll: false };
      const body = await bodyOf(deps, doing, ask);
      return 'code' in body ? text(body, user) : command(deps, doing, incident, body);
    }
  }
}

const line = ({ baseUrl }: ConversationDeps, { user }: Doing, incident: KnownIncident): string =>
  incidentLine(incident, baseUrl, words(said(`status.${incident.status}`), user.reader.language));

async function list(deps: ConversationDeps, doing: Doing): Promise<Reply> {
  const { incidents, count } = await openIncidents(deps.pool);
  if (count === 0) return text(said('chat.noneOpen'), doing.user);
  const more =
    count > incidents.length
      ? [
          words(
            said('chat.more', { count: count - incidents.length, url: `${deps.baseUrl}/dashboard/incidents/` }),
            doing.user.reader.language,
          ),
        ]
      : [];
  return { kind: 'text', text: [...incidents.map((incident) => line(deps, doing, incident)), ...more].join('\n'), forAll: false };
}

async function whoIsOnCall(deps: ConversationDeps, { user }: Doing, team: string): Promise<Reply> {
  const directory = await deps.directory();
  const wanted = [...directory.teams.values()].filter(({ name }) => team === '' || name.toLowerCase() === team.toLowerCase());
  if (wanted.length === 0) return text(said(team === '' ? 'chat.noTeams' : 'chat.noTeam', { team }), user);
  const lines = wanted.map((one) => {
    const people = onCallOf(one, { atMs: Date.now(), directory }).flatMap((id) => directory.users.get(id)?.name ?? []);
    const who = people.length === 0 ? words(said('chat.nobody'), user.reader.language) : people.join(', ');
    return `**${one.name}**: ${who}`;
  });
  return { kind: 'text', text: lines.join('\n'), forAll: false };
}

/** The command, or what is wrong with what was asked. */
async function bodyOf(
  deps: ConversationDeps,
  { user, providerId }: Doing,
  ask: Extract<Ask, { readonly incident: string | null }>,
): Promise<CommandBody | Said> {
  switch (ask.do) {
    case 'act':
      return ask.note !== '' && (ask.act === 'resolve' || ask.act === 'reopen') ? { kind: ask.act, note: ask.note } : { kind: ask.act };
    case 'comment':
      return ask.text === '' ? said('chat.emptyComment') : { kind: 'comment', text: ask.text };
    case 'severity':
      return ask.severity === null ? said('chat.noSeverity', { given: ask.given }) : { kind: 'change_severity', severity: ask.severity };
    case 'assign': {
      const person = ['me', 'moi'].includes(ask.who.toLowerCase()) ? user : await findPerson(deps.pool, providerId, ask.who);
      if (person === null) return said('chat.noPerson', { who: ask.who });
      return { kind: 'assign', assignee: { id: person.id, name: person.name } };
    }
    case 'scope': {
      const scope = await findScope(deps.pool, ask.name);
      return scope === null ? said('chat.noScope', { given: ask.name }) : { kind: 'add_scopes', scopes: [scope] };
    }
    case 'status':
      return said('chat.help');
  }
}

async function command(deps: ConversationDeps, { id, user, via }: Doing, incident: KnownIncident, body: CommandBody): Promise<Reply> {
  const actor = { type: 'user' as const, id: user.id, name: user.name, via };
  const result = await deps.incidents.command({ id, incidentId: incident.id, actor, body, waitMs });
  if (body.kind === 'acknowledge' && result.outcome === 'applied') return taken(deps, user, incident);
  const what = result.outcome === 'pending' ? said('command.accepted') : result.said;
  return text(said('chat.done', { incident: incident.short_id, said: what }), user);
}

/** Whoever acknowledged reads what they have, and where the help is. */
async function taken({ pool, baseUrl }: ConversationDeps, user: Doing['user'], { id, short_id: shortId }: KnownIncident): Promise<Reply> {
  const now = await readIncident(pool, id, baseUrl);
  if (now === null) return text(said('chat.done', { incident: shortId, said: said('command.acknowledged') }), user);
  const incident = now.summaryFor(user.reader);
  const { headline, title, facts, links } = takenOf(incident, user.reader);
  const lines = [
    `**${words(headline, user.reader.language)}**`,
    `[${plain(title)}](${incident.url})`,
    ...facts.slice(1).map(([label, value]) => `${label}: ${plain(value)}`),
    ...(links.length === 0 ? [] : [links.map(([label, url]) => `[${label}](${markdownAddress(url)})`).join(' · ')]),
  ];
  return { kind: 'text', text: lines.join('\n'), forAll: false };
}
