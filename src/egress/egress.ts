import type { Said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';

/** The one door through which everything leaves: addresses are checked when connecting, for every answer of the resolver. */
export interface Egress {
  /** HTTP(S). Redirects are refused, time and answer size are limited. @throws EgressRefused, EgressFailed */
  fetch(request: EgressRequest): Promise<EgressResponse>;
  /**
   * Resolves a host and refuses it unless every answer may be reached; returns the one to connect to. For protocols that
   * open their own sockets (SMTP).
   * @throws EgressRefused, EgressFailed
   */
  resolve(host: string): Promise<{ readonly address: string; readonly family: 4 | 6 }>;
}

export interface EgressRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
}

export interface EgressResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 64 KiB of it. */
  readonly body: string;
}

/** The address may not be reached: trying again changes nothing. It names the host, never a path or a query. */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
  readonly said: Said;

  constructor(what: Said) {
    super(words(what));
    this.said = what;
  }
}

/** No answer: connection refused, reset, timed out, name not found. */
export class EgressFailed extends Error {
  override readonly name = 'EgressFailed';
  readonly said: Said;
  /** The system's or undici's. */
  readonly code: string;

  constructor(what: Said, code: string) {
    super(words(what));
    this.said = what;
    this.code = code;
  }
}
