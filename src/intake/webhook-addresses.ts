import type { Headers } from '../connectors/connector.ts';
import type { SourceConnector } from '../connectors/registry.ts';

/** One address that alerts come to. */
export interface Webhook {
  /** Whose address it is. */
  readonly own: SourceConnector;
  /** Those that share it, and claim what is theirs. */
  readonly guests: readonly SourceConnector[];
}

/** The addresses of these sources: one for each that shares no other's. */
export function webhooksOf(sources: readonly SourceConnector[]): Webhook[] {
  return sources
    .filter(({ alerts }) => alerts.shares === undefined)
    .map((own) => ({ own, guests: sources.filter(({ alerts }) => alerts.shares?.address === own.id) }));
}

/** Whose body it is, of those at this address. */
export const speakerOf = ({ own, guests }: Webhook, body: unknown, headers: Headers): SourceConnector =>
  guests.find(({ alerts }) => alerts.shares?.claims(body, headers) === true) ?? own;
