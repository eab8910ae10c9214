import type { Pool } from 'pg';
import type { OnReceived, Received, Reply } from '../connectors/connector.ts';
import type { CommandBody } from '../contract/incident.ts';
import { said } from '../domain/said.ts';
import type { Incidents } from '../incidents/incidents.ts';
import type { Directory } from '../domain/routing/directory.ts';
import { findRoom } from '../rooms/kept-room.ts';
import { findLinked, linkByCode, linkByMail, type ChatUser } from './account.ts';
import { answerTo } from './answer.ts';
import { readAsk, type Ask } from './ask.ts';
import { readCreated } from './create-form.ts';
import { text } from './reply.ts';

export interface ConversationDeps {
  readonly pool: Pool;
  readonly incidents: Incidents;
  readonly baseUrl: string;
  readonly directory: () => Promise<Directory>;
}

/** The connection by which people speak. */
export interface Speaking {
  readonly providerId: string;
  /** As timelines name it: `slack`. */
  readonly via: string;
  /** Whom the vendor knows under this account; null where it says nothing that can be trusted. */
  lookUp(accountId: string): Promise<{ readonly name: string; readonly email: string | null } | null>;
}

/** What somebody who is known wants, and where. */
export interface Doing {
  /** The same for a repeat. */
  readonly id: string;
  readonly user: ChatUser;
  readonly via: string;
  readonly providerId: string;
}

/** What people do in a chat becomes commands and comments of theirs, once, however often the vendor tells of it. */
export function createConversation(deps: ConversationDeps, speaking: Speaking): OnReceived {
  const { pool } = deps;
  const { providerId, via } = speaking;

  async function whoIs(accountId: string | null): Promise<ChatUser | null> {
    if (accountId === null) return null;
    const account = { providerId, accountId };
    const known = await findLinked(pool, account);
    if (known !== null) return known;
    const person = await speaking.lookUp(accountId);
    return person?.email == null ? null : linkByMail(pool, account, { name: person.name, email: person.email });
  }

  async function linkTo(received: Received, code: string): Promise<Reply> {
    const { accountId, accountName } = received;
    const user = accountId === null ? null : await linkByCode(pool, { providerId, accountId }, accountName ?? '', code);
    return user === null ? text(said('chat.badCode')) : text(said('chat.linked', { name: user.name }), user);
  }

  /** Of what is said in a room, only what is meant for the incident: comments by people who are known, or under the vendor's name for them. */
  async function takeFromRoom(received: Received & { what: RoomDoing }, user: ChatUser | null): Promise<void> {
    const { what } = received;
    const room = await findRoom(pool, providerId, what.room.id);
    if (room === null) return;
    const message = `${providerId}/${what.room.id}/${what.message}`;
    const body = bodyOf(what, message);
    const name = user?.name ?? received.accountName ?? received.accountId ?? '?';
    const actor = { type: 'user' as const, id: user?.id ?? null, name, via };
    const id = what.kind === 'comment' ? message : `${message}/${received.id}`;
    await deps.incidents.command({ id, incidentId: room.incidentId, actor, body, waitMs: 0 });
  }

  return async (received) => {
    const { what } = received;
    if (what.kind === 'event') return null;
    const ask = what.kind === 'command' ? readAsk(what.text) : null;
    if (ask?.do === 'link') return linkTo(received, ask.code);
    const user = await whoIs(received.accountId);
    if (isOfRoom(received)) {
      await takeFromRoom(received, user);
      return null;
    }
    if (user === null) return text(said('chat.unknown', { profile: `${deps.baseUrl}/dashboard/profile/` }));
    const doing: Doing = { id: `${providerId}/${received.id}`, user, via, providerId };
    switch (what.kind) {
      case 'command':
        return answerTo(deps, doing, ask as Ask, received.room === null ? null : await findRoom(pool, providerId, received.room));
      case 'press':
        return answerTo(deps, doing, askOfButton(what.button, what.value), null);
      case 'form':
        return readCreated(deps, doing, what.values);
      default:
        return null;
    }
  };
}

/** As the API takes them. */
const longestComment = 10_000;

type RoomDoing = Extract<Received['what'], { readonly message: string }>;

const isOfRoom = (received: Received): received is Received & { what: RoomDoing } => 'message' in received.what;

function bodyOf(what: RoomDoing, message: string): CommandBody {
  switch (what.kind) {
    case 'comment':
      return { kind: 'comment', text: what.text.slice(0, longestComment), from: message };
    case 'comment_edited':
      return { kind: 'edit_comment', comment: message, text: what.text.slice(0, longestComment) };
    case 'comment_deleted':
      return { kind: 'delete_comment', comment: message };
    case 'reaction':
      return { kind: 'pin_comment', comment: message, isPinned: what.isAdded };
  }
}

/** What the buttons of our messages stand for; the value is the incident. */
function askOfButton(button: string, incident: string): Ask {
  switch (button) {
    case 'acknowledge':
    case 'resolve':
    case 'escalate':
      return { do: 'act', act: button, incident, note: '' };
    case 'assign_to_me':
    case 'assign':
      return { do: 'assign', incident, who: 'me' };
    case 'create':
      return { do: 'create', title: '' };
    default:
      return { do: 'unknown', text: button };
  }
}
