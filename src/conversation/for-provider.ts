import type { Logger } from 'pino';
import { attempt } from '../connections/attempt.ts';
import type { OpenedProvider } from '../connections/provider.ts';
import type { Call } from '../connectors/call.ts';
import type { OnReceived } from '../connectors/connector.ts';
import { createConversation, type ConversationDeps } from './conversation.ts';

export interface SpeakingDeps extends ConversationDeps {
  readonly log: Logger;
}

/** What people do by a provider, with whom its vendor knows. */
export function conversationFor(deps: SpeakingDeps, { id, connector }: OpenedProvider, call: Call<unknown>): OnReceived {
  return createConversation(deps, {
    providerId: id,
    via: connector.id,
    async lookUp(accountId) {
      const { lookUp } = connector;
      if (lookUp === undefined) return null;
      const result = await attempt(call, deps.log, () => lookUp(call, accountId));
      return result.ok ? result.value : null;
    },
  });
}
