import PostalMime, { addressParser } from 'postal-mime';
import { textOfHtml } from './html-text.ts';

/** A larger mail is not looked at. */
export const mostMailBytes = 1024 * 1024;

/** What counts of a mail. Nothing of it is believed yet. */
export interface ReadMail {
  /** In lower case; null where there is not exactly one. */
  readonly from: string | null;
  /** Whom it was written or delivered to. */
  readonly recipients: readonly string[];
  /** With angle brackets; null where there is none. */
  readonly messageId: string | null;
  readonly references: readonly string[];
  /** Every value of a header, topmost first. Names in lower case. */
  header(name: string): readonly string[];
  /** What stands in it as plain text, quotes included. */
  readonly text: string;
}

/** Of nothing of all this a person needs more. */
const limits = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024, forceRfc822Attachments: true } as const;
const mostReferences = 20;
/** Characters; a line of a mail has 998 (RFC 5322 §2.1.1). */
const longestId = 500;

/** Where the recipient stands, by what the servers on the way write: the last two are of Postfix (postfix.org, virtual(8)) and of mail stores. */
const recipientHeaders = ['to', 'cc', 'delivered-to', 'x-original-to', 'envelope-to'];

/**
 * @param raw RFC 5322, at most `mostMailBytes`
 * @throws Error where it is no mail that can be read
 */
export async function readMail(raw: Uint8Array): Promise<ReadMail> {
  if (raw.byteLength > mostMailBytes) throw new Error('The mail is too large.');
  const email = await PostalMime.parse(raw, limits);
  const header = (name: string): string[] => email.headers.flatMap(({ key, value }) => (key === name ? [value] : []));
  return {
    from: onlyAddress(header('from')),
    recipients: recipientHeaders.flatMap(header).flatMap(addressesIn),
    messageId: idsIn(header('message-id'))[0] ?? null,
    references: idsIn(header('references')).slice(-mostReferences),
    header,
    text: textOf(email),
  };
}

const addressesIn = (value: string): string[] =>
  addressParser(value, { flatten: true }).flatMap(({ address }) => (address ? [address.toLowerCase()] : []));

/** Two headers, or two addresses in one, are for deceiving whoever looks at the other one (RFC 5322 §3.6, RFC 7489 §6.6.1). */
function onlyAddress(values: readonly string[]): string | null {
  const [value, ...more] = values;
  const addresses = value === undefined ? [] : addressesIn(value);
  return more.length === 0 && addresses.length === 1 ? (addresses[0] ?? null) : null;
}

const idsIn = (values: readonly string[]): string[] =>
  values.flatMap((value) => value.split(/[\s,]+/)).filter((word) => word.length <= longestId && /^<[^<>]+>$/.test(word));

/** Plain text as it was written; else what the HTML says. */
const textOf = ({ text = '', html = '' }: { readonly text?: string | undefined; readonly html?: string | undefined }): string =>
  text.trim() === '' ? textOfHtml(html) : text;
