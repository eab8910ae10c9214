import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Reader } from '../domain/reader.ts';
import { anyReader } from '../domain/reader.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import { tokenHash, type Addressee } from './answer-links.ts';

/** `replies@example.com`, in lower case and in two parts. */
export interface ReplyTo {
  readonly local: string;
  readonly domain: string;
}

export interface MailedTo extends Addressee {
  /** By which the mail goes, and what comes of its answer is told. */
  readonly providerId: string;
  /** Of the person, where the mail goes. */
  readonly address: string;
}

/** Days. Longer than a link is good for: whoever uses the address has to be its person besides. */
export const replyAddressDays = 7;

/** 26 characters of base32 (RFC 4648 §6) in lower case, 128 bits: servers on the way may change the case of an address. */
const tokenBytes = 16;
const tokenPattern = /^[a-z2-7]{26}$/;

/**
 * Where one person answers to one incident: the same on every attempt at every mail to the same address of theirs. It is our signature
 * over whom and what it is for; the store knows its hash alone, and of the person's address a hash that nobody can try without the token.
 */
export async function replyAddressFor(
  { pool, secrets, replyTo }: { readonly pool: Pool; readonly secrets: SecretBox; readonly replyTo: ReplyTo },
  { incidentId, userId, epoch, providerId, address }: MailedTo,
): Promise<string> {
  const signature = secrets.sign(JSON.stringify([incidentId, userId, epoch, providerId, address]), 'reply address');
  const token = base32(Buffer.from(signature, 'base64url').subarray(0, tokenBytes));
  await pool.query({
    name: 'reply-address',
    text: `insert into reply_addresses (token_hash, incident_id, user_id, epoch, provider_id, address_hash, expires_at)
      values ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7))
      on conflict (token_hash) do update set expires_at = excluded.expires_at`,
    values: [tokenHash(token), incidentId, userId, epoch, providerId, addressHash(token, address), replyAddressDays],
  });
  return `${replyTo.local}+${token}@${replyTo.domain}`;
}

/** The token in an address that may be one of ours, in any case; null where it cannot be. */
export function tokenIn({ local, domain }: ReplyTo, address: string): string | null {
  const [before, behind, ...more] = address.toLowerCase().split('@');
  if (before === undefined || behind !== domain || more.length > 0 || !before.startsWith(`${local}+`)) return null;
  const token = before.slice(local.length + 1);
  return tokenPattern.test(token) ? token : null;
}

/** What a reply address stands for now. */
export interface OpenReply {
  readonly incident: { readonly id: string; readonly shortId: string; readonly title: string };
  readonly user: { readonly id: string; readonly name: string };
  readonly reader: Reader;
  /** By which the mail went that it stood in; null when that is gone. */
  readonly provider: { readonly id: string; readonly type: string } | null;
  readonly isExpired: boolean;
  /** The incident has begun anew since. */
  readonly isOld: boolean;
  /** Whether it is the person's: the address that was written to, or that of their account. */
  isTheirs(address: string): boolean;
}

interface Row {
  readonly incident_id: string;
  readonly short_id: string;
  readonly title: string;
  readonly user_id: string;
  readonly user_name: string;
  readonly email: string | null;
  readonly language: Reader['language'] | null;
  readonly time_zone: string | null;
  readonly provider_id: string | null;
  readonly provider_type: string | null;
  readonly address_hash: string;
  readonly is_expired: boolean;
  readonly is_old: boolean;
}

/** Null for what is none of ours, or belongs to a person who was deactivated. */
export async function openReplyAddress(pool: Pool, token: string): Promise<OpenReply | null> {
  const { rows } = await pool.query<Row>({
    name: 'open-reply-address',
    text: `select i.id as incident_id, i.short_id, i.title, u.id as user_id, coalesce(nullif(u.display_name, ''), u.username) as user_name, u.email,
        u.language, u.time_zone, p.id as provider_id, p.type as provider_type, r.address_hash, r.expires_at <= now() as is_expired,
        i.epoch > r.epoch as is_old
      from reply_addresses r join incidents i on i.id = r.incident_id join users u on u.id = r.user_id
        left join providers p on p.id = r.provider_id
      where r.token_hash = $1 and u.is_active`,
    values: [tokenHash(token)],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return {
    incident: { id: row.incident_id, shortId: row.short_id, title: row.title },
    user: { id: row.user_id, name: row.user_name },
    reader: { language: row.language ?? anyReader.language, timeZone: row.time_zone ?? anyReader.timeZone },
    provider: row.provider_id === null || row.provider_type === null ? null : { id: row.provider_id, type: row.provider_type },
    isExpired: row.is_expired,
    isOld: row.is_old,
    isTheirs: (address) =>
      addressHash(token, address) === row.address_hash || (row.email !== null && sameCase(address) === sameCase(row.email)),
  };
}

/** Local parts may be told apart by case (RFC 5321 §2.4), and no mail server that people use does. */
const sameCase = (address: string): string => address.trim().toLowerCase();

const addressHash = (token: string, address: string): string => hash('sha256', `${token} ${sameCase(address)}`, 'hex');

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}
