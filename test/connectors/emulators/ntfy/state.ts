export interface NtfyUser {
  readonly name: string;
  readonly password: string;
  readonly tokens: readonly string[];
  /** By topic, `*` for any: `ntfy access`. */
  readonly access: Readonly<Record<string, 'read-write' | 'write-only' | 'read-only' | 'deny-all'>>;
}

export interface NtfyServer {
  /** Whoever does not sign in; null for a server without access control. */
  everyone: NtfyUser['access'] | null;
  users: readonly NtfyUser[];
  /** 2.16 and newer know of sequences. */
  knowsSequences: boolean;
  messagesLeftToday: number;
  /** As they were published, oldest first. */
  readonly messages: NtfyMessage[];
}

export interface NtfyMessage {
  readonly id: string;
  readonly time: number;
  readonly event: 'message';
  readonly topic: string;
  readonly title?: string;
  readonly message: string;
  readonly priority?: number;
  readonly tags?: readonly string[];
  readonly click?: string;
  readonly actions?: readonly object[];
  readonly sequence_id?: string;
}

export const newServer = (): NtfyServer => ({ everyone: null, users: [], knowsSequences: true, messagesLeftToday: 250, messages: [] });

/** What somebody sees who reads a topic on Android: of each sequence the latest, in the place of the first. */
export function shownOn({ messages }: NtfyServer, topic: string): readonly NtfyMessage[] {
  const shown = new Map<string, NtfyMessage>();
  for (const message of messages) if (message.topic === topic) shown.set(message.sequence_id ?? message.id, message);
  return [...shown.values()];
}
