import { z } from 'zod';
import addressparser from 'nodemailer/lib/addressparser';

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** Letters of any language; no quoted local parts and no address literals, which no person has. Lengths by RFC 5321 §4.5.3.1. */
const localPart = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const domain = /^[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u;

/** Whether it is one address with nothing around it. */
function isMailAddress(address: string): boolean {
  const at = address.lastIndexOf('@');
  const [local, host] = [address.slice(0, Math.max(at, 0)), address.slice(at + 1)];
  return at > 0 && address.length <= 254 && local.length <= 64 && localPart.test(local) && domain.test(host);
}

export const MailAddress = z.string().refine(isMailAddress, 'must be one email address, such as ann@example.com');

/** `ann@example.com` or `Ann <ann@example.com>`; null for anything else, several of them, or a line break. */
export function readMailbox(text: string): Mailbox | null {
  if (/\p{Cc}/u.test(text)) return null;
  const [mailbox, ...more] = addressparser(text, { flatten: true });
  if (mailbox === undefined || more.length > 0 || !isMailAddress(mailbox.address)) return null;
  return { name: mailbox.name, address: mailbox.address };
}
