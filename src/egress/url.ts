import { said } from '../domain/said.ts';
import { EgressRefused } from './egress.ts';

type Scheme = 'http:' | 'https:' | 'ws:' | 'wss:';

/** @throws EgressRefused; the text of a URL is never repeated, its path and query may be a secret. */
export function readUrl(text: string, schemes: readonly Scheme[]): URL {
  if (!URL.canParse(text)) throw new EgressRefused(said('cause.invalidUrl'));
  const url = new URL(text);
  if (!schemes.includes(url.protocol as Scheme))
    throw new EgressRefused(said(schemes.includes('http:') ? 'cause.onlyHttp' : 'cause.onlyWebSocket'));
  if (url.username !== '' || url.password !== '') throw new EgressRefused(said('cause.credentialsInUrl', { host: url.host }));
  return url;
}
