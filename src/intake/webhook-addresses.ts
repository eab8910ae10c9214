import type { Headers, SignatureScheme } from '../connectors/connector.ts';
import type { SourceConnector } from '../connectors/registry.ts';

/** One address that alerts come to. */
export interface Webhook {
  /** Whose address it is. */
  readonly own: SourceConnector;
  /** Those that share it, and claim what is theirs. */
  readonly guests: readonly SourceConnector[];
  /** Types of alert source that send here: `own` and `guests`. */
  readonly sources: ReadonlySet<string>;
  /** How requests are signed, by type of alert source. */
  readonly signatures: ReadonlyMap<string, SignatureScheme>;
  /** Names of the headers that say how a body is read, in lower case. */
  readonly readingHeaders: readonly string[];
}

/** The addresses of these sources: one for each that shares no other's. */
export function webhooksOf(sources: readonly SourceConnector[]): Webhook[] {
  return sources
    .filter(({ alerts }) => alerts.shares === undefined)
    .map((own) => {
      const guests = sources.filter(({ alerts }) => alerts.shares?.address === own.id);
      const all = [own, ...guests];
      return {
        own,
        guests,
        sources: new Set(all.map(({ id }) => id)),
        signatures: new Map(all.flatMap(({ id, alerts }) => (alerts.signature === undefined ? [] : [[id, alerts.signature] as const]))),
        readingHeaders: [...new Set(all.flatMap(({ alerts }) => alerts.headers))],
      };
    });
}

/** Whose body it is, of those at this address. */
export const speakerOf = ({ own, guests }: Webhook, body: unknown, headers: Headers): SourceConnector =>
  guests.find(({ alerts }) => alerts.shares?.claims(body, headers) === true) ?? own;

const longestKeptHeader = 1_000;

/** What is kept of the headers beside a body, so that it can be read again. */
export const keptHeaders = ({ readingHeaders }: Webhook, sent: Partial<Headers>): Headers =>
  Object.fromEntries(
    readingHeaders.flatMap((name) => (sent[name] === undefined ? [] : [[name, sent[name].slice(0, longestKeptHeader)] as const])),
  );
