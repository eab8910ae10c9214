import { hash as digest, timingSafeEqual } from 'node:crypto';
import type { SignatureScheme } from '../connectors/connector.ts';

/** One way in, as an admin set it up. */
export interface AlertSource {
  readonly id: string;
  readonly source: string;
  /** SHA-256 of the bearer secret. */
  readonly secretHash: Uint8Array | null;
  readonly signing: Signing;
}

/** `unreadable`: there is a signing secret, but it cannot be decrypted. Then nothing matches, rather than anything. */
export type Signing = { readonly state: 'none' } | { readonly state: 'unreadable' } | { readonly state: 'set'; readonly secret: string };

export interface Presented {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The raw bytes: what a signature is made of. */
  readonly body: Uint8Array;
  readonly nowMs: number;
}

const isSecured = (alertSource: AlertSource): boolean => alertSource.secretHash !== null || alertSource.signing.state !== 'none';

/** Whether these headers may come from a sender of ours, before its body is read: a stranger's is not read at all. */
export function mayBeKnown(
  alertSources: readonly AlertSource[],
  signatures: ReadonlyMap<string, SignatureScheme>,
  headers: Presented['headers'],
): boolean {
  if (speaksFor(alertSources, headers).length > 0) return true;
  return alertSources.some(({ source, signing }) => {
    const scheme = signing.state === 'set' ? signatures.get(source) : undefined;
    return scheme !== undefined && headers[scheme.header] !== undefined;
  });
}

/** Those that the caller speaks for by its headers alone. */
export function speaksFor(alertSources: readonly AlertSource[], headers: Presented['headers']): readonly AlertSource[] {
  if (!alertSources.some(isSecured)) return alertSources;
  const hash = hashOfToken(headers);
  return alertSources.filter((alertSource) => hasSecret(alertSource, hash));
}

/**
 * The alert sources that the caller speaks for, none when it speaks for none. As soon as one of them has a secret or a signing
 * secret, one of those must match: an open one beside it opens nothing. A signature is as good as the secret, made as systems of
 * that type make it.
 * @param signatures by type of alert source
 */
export function authenticate(
  alertSources: readonly AlertSource[],
  signatures: ReadonlyMap<string, SignatureScheme>,
  presented: Presented,
): readonly AlertSource[] {
  if (!alertSources.some(isSecured)) return alertSources;
  const hash = hashOfToken(presented.headers);
  // Every one is tried, so that the time does not tell which one it was.
  return alertSources.filter((alertSource) => {
    const bySecret = hasSecret(alertSource, hash);
    const bySignature = isSigned(alertSource, signatures.get(alertSource.source), presented);
    return bySecret || bySignature;
  });
}

function isSigned({ signing }: AlertSource, scheme: SignatureScheme | undefined, { body, headers, nowMs }: Presented): boolean {
  if (signing.state !== 'set' || scheme === undefined || headers[scheme.header] === undefined) return false;
  return scheme.verify({ body, headers, secret: signing.secret, nowMs });
}

function hashOfToken(headers: Presented['headers']): Uint8Array | null {
  const token = bearerToken(headers['authorization']);
  return token === null ? null : digest('sha256', Buffer.from(token, 'latin1'), 'buffer');
}

const hasSecret = ({ secretHash }: AlertSource, hash: Uint8Array | null): boolean =>
  hash !== null && secretHash !== null && sameBytes(hash, secretHash);

/** Node decodes header bytes as Latin-1; hashed as such they are the bytes that were sent. */
function bearerToken(header: string | undefined): string | null {
  const match = header === undefined ? null : /^bearer +(\S.*)$/i.exec(header.trim());
  return match?.[1] ?? null;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.byteLength === b.byteLength && timingSafeEqual(a, b);
