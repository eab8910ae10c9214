import type { OpenReply } from '../answers/reply-address.ts';
import { tokenIn, type ReplyTo } from '../answers/reply-address.ts';
import type { CommandBody } from '../contract/incident.ts';
import { said, type Said } from '../domain/said.ts';
import { readAsk } from './ask.ts';
import { passedDmarc } from './authentication-results.ts';
import { isAutomatic } from './automatic.ts';
import type { ReadMail } from './read-mail.ts';

/** Why nothing comes of a mail, and nobody is told: whoever failed a check may not be who the mail says. */
export type Ignored =
  /** It is to no address of ours, or to several. */
  'not_an_answer' | 'automatic' | 'unknown_address' | 'expired_address' | 'other_sender' | 'unauthenticated' | 'empty';

/** The one token that a mail is written to; null where there is none, or more than one. */
export function tokenOf({ recipients }: Pick<ReadMail, 'recipients'>, replyTo: ReplyTo): string | null {
  const tokens = new Set(recipients.flatMap((address) => tokenIn(replyTo, address) ?? []));
  const [token] = tokens;
  return tokens.size === 1 && token !== undefined ? token : null;
}

export type Verdict =
  | { readonly ignored: Ignored }
  /** Its person is told why nothing comes of it. */
  | { readonly refused: Said }
  | { readonly command: CommandBody };

/**
 * What comes of a mail to a reply address. A mail server of ours has to vouch for the sender; without one the address' signature counts alone, which
 * is enough for a comment and not for a command: an address stands in every reply, and a reply may be forwarded.
 * @param reply what its token stands for; null where it is none
 */
export function judge(mail: ReadMail, reply: OpenReply | null, authservId: string | null): Verdict {
  const { from } = mail;
  if (isAutomatic(mail)) return { ignored: 'automatic' };
  if (reply === null) return { ignored: 'unknown_address' };
  if (reply.isExpired) return { ignored: 'expired_address' };
  if (from === null || !reply.isTheirs(from)) return { ignored: 'other_sender' };
  const domain = from.slice(from.lastIndexOf('@') + 1);
  if (authservId !== null && !passedDmarc(mail.header('authentication-results'), authservId, domain)) return { ignored: 'unauthenticated' };
  const ask = readAsk(mail.text);
  if (ask === null) return { ignored: 'empty' };
  if (reply.isOld) return { refused: said('answer.mail.begunAnew') };
  if (ask.do === 'comment') return { command: { kind: 'comment', text: ask.text } };
  return authservId === null ? { refused: said('answer.mail.noCommands') } : { command: { kind: ask.do } };
}
