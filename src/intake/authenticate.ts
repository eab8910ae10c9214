import { hash as digest, timingSafeEqual } from 'node:crypto';
import type { SignatureScheme } from '../connectors/connector.ts';
import { isLikeGenerated } from '../domain/generated-secret.ts';

/** One way in, as an admin set it up. */
export interface AlertSource {
  readonly id: string;
  readonly source: string;
  /** SHA-256 of the bearer secret. */
  readonly secretHash: Uint8Array | null;
  readonly signing: Signing;
  /** Takes alerts from anybody, as long as no source of its address has a secret. */
  readonly isOpen: boolean;
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

/** Whether there is any way in: a secret, a signing secret, or an open one. */
export const isSetUp = (alertSources: readonly AlertSource[]): boolean => alertSources.some((one) => isSecured(one) || one.isOpen);

/** Whether one of them has a secret: then nobody comes in without. */
export const askForSecret = (alertSources: readonly AlertSource[]): boolean => alertSources.some(isSecured);

/** As long as none has a secret: those that are open. */
const openOnes = (alertSources: readonly AlertSource[]): readonly AlertSource[] => alertSources.filter(({ isOpen }) => isOpen);

/**
 * Whether the headers hold what may be one of many guesses: a signature, or a secret that a person may have chosen. Nobody guesses a
 * generated one, so whoever has it is never kept waiting.
 */
export function mayBeGuess(
  alertSources: readonly AlertSource[],
  signatures: ReadonlyMap<string, SignatureScheme>,
  headers: Presented['headers'],
): boolean {
  if (!askForSecret(alertSources)) return false;
  const token = bearerToken(headers['authorization']);
  return (token !== null && !isLikeGenerated(token)) || isSignedSomehow(alertSources, signatures, headers);
}

/** Whether these headers may come from a sender of ours, before its body is read: a stranger's is not read at all. */
export function mayBeKnown(
  alertSources: readonly AlertSource[],
  signatures: ReadonlyMap<string, SignatureScheme>,
  headers: Presented['headers'],
): boolean {
  return speaksFor(alertSources, headers).length > 0 || isSignedSomehow(alertSources, signatures, headers);
}

const isSignedSomehow = (
  alertSources: readonly AlertSource[],
  signatures: ReadonlyMap<string, SignatureScheme>,
  headers: Presented['headers'],
): boolean =>
  alertSources.some(({ source, signing }) => {
    const scheme = signing.state === 'set' ? signatures.get(source) : undefined;
    return scheme !== undefined && headers[scheme.header] !== undefined;
  });

/** Those that the caller speaks for by its headers alone. */
export function speaksFor(alertSources: readonly AlertSource[], headers: Presented['headers']): readonly AlertSource[] {
  if (!askForSecret(alertSources)) return openOnes(alertSources);
  const hash = hashOfToken(headers);
  return alertSources.filter((alertSource) => hasSecret(alertSource, hash));
}

/**
 * The alert sources that the caller speaks for, none when it speaks for none: without any secret, those that are open. As soon as one of them has a secret or a signing
 * secret, one of those must match: an open one beside it opens nothing. A signature is as good as the secret, made as systems of
 * that type make it.
 * @param signatures by type of alert source
 */
export function authenticate(
  alertSources: readonly AlertSource[],
  signatures: ReadonlyMap<string, SignatureScheme>,
  presented: Presented,
): readonly AlertSource[] {
  if (!askForSecret(alertSources)) return openOnes(alertSources);
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
