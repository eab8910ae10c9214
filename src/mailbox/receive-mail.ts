import { hash } from 'node:crypto';
import type { MailAnswerSettings } from '../mail-answer-settings.ts';
import { openReplyAddress, type OpenReply } from '../answers/reply-address.ts';
import type { CommandBody } from '../contract/incident.ts';
import { storableText } from '../db/storable.ts';
import { said } from '../domain/said.ts';
import { CommandReused, type CommandResult, type Incidents } from '../incidents/incidents.ts';
import { confirm, type ConfirmDeps } from './confirm.ts';
import { judge, tokenOf, type Ignored } from './judge.ts';
import { mostMailBytes, readMail, type ReadMail } from './read-mail.ts';

export interface ReceiveDeps extends ConfirmDeps {
  readonly incidents: Incidents;
  readonly settings: Pick<MailAnswerSettings, 'authservId' | 'replyTo'>;
}

/** What came of a mail: a word to count by. `repeated`: its id was used for another text before. */
export type Received = CommandResult['outcome'] | Ignored | 'too_large' | 'unreadable' | 'repeated';

/** Takes one raw mail, and may be given the same one again: it acts once, and its person is told once. @throws where the store is away */
export type ReceiveMail = (raw: Uint8Array) => Promise<Received>;

/** How long the answer waits for the incident, milliseconds. */
const waitMs = 3_000;

export function createReceiveMail(deps: ReceiveDeps): ReceiveMail {
  return async (raw) => {
    const received = await receive(deps, raw);
    deps.metrics.mailAnswers.inc({ result: received });
    if (!isDone(received)) deps.log.info({ result: received }, 'nothing came of a mail to the address for answers');
    return received;
  };
}

const isDone = (received: Received): boolean => received === 'applied' || received === 'pending' || received === 'repeated';

async function receive(deps: ReceiveDeps, raw: Uint8Array): Promise<Received> {
  const { settings, database } = deps;
  if (raw.byteLength > mostMailBytes) return 'too_large';
  const mail = await readMail(raw).catch(() => null);
  if (mail === null) return 'unreadable';
  const token = tokenOf(mail, settings.replyTo);
  if (token === null) return 'not_an_answer';
  const reply = await openReplyAddress(database.pool, token);
  const verdict = judge(mail, reply, settings.authservId);
  if ('ignored' in verdict) return verdict.ignored;
  if (reply === null || mail.from === null) return 'unknown_address';
  const id = actIdOf(mail, reply);
  const result: CommandResult | 'repeated' =
    'refused' in verdict ? { outcome: 'refused', said: verdict.refused } : await command(deps, id, reply, verdict.command);
  if (result === 'repeated') return 'repeated';
  const what = result.outcome === 'pending' ? said('command.accepted') : result.said;
  await confirm(deps, { id, to: mail.from, mail, reply, what });
  return result.outcome;
}

/** The same whenever and wherever the mail is read. A mail without an id, which none of a mail program is, is known by what it says. */
function actIdOf({ messageId, from, header, text }: ReadMail, { incident }: OpenReply): string {
  const known = messageId ?? JSON.stringify([from, header('date'), text]);
  return `mail/${hash('sha256', JSON.stringify([incident.id, known]), 'hex')}`;
}

async function command(
  { incidents }: ReceiveDeps,
  id: string,
  { incident, user }: OpenReply,
  body: CommandBody,
): Promise<CommandResult | 'repeated'> {
  const actor = { type: 'user' as const, id: user.id, name: user.name, via: 'mail' };
  const kept = body.kind === 'comment' ? { ...body, text: storableText(body.text) } : body;
  try {
    return await incidents.command({ id, incidentId: incident.id, actor, body: kept, waitMs });
  } catch (error) {
    if (error instanceof CommandReused) return 'repeated';
    throw error;
  }
}
