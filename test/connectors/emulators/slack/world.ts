import type { App } from './method.ts';
import type { Telling } from './sockets.ts';
import type { Heard } from './telling.ts';
import type { Channel, Member } from './workspace.ts';

export interface World {
  readonly app: App;
  /** Tells the app once; null where it does not answer in time. */
  tell(telling: Telling, retry: number): Promise<Heard | null>;
  /** What people saw of what the app did not answer in time, or with an error. */
  readonly complaints: string[];
  /** An address that takes a few messages. */
  responseUrl(who: Member, channel: Channel): string;
}

/** What an app answers a command with, or sends to a response URL. */
export function showText({ workspace }: App, who: Member, channel: Channel, body: unknown): void {
  const {
    response_type = 'ephemeral',
    text,
    replace_original,
    ...rest
  } = body as { response_type?: string; text: string; replace_original?: boolean };
  if (Object.keys(rest).length > 0 || replace_original === true) throw new Error(`what is ${JSON.stringify(body)}?`);
  if (response_type === 'ephemeral') workspace.screen(who.id).whispers.push({ channel: channel.id, threadTs: null, text });
  else
    channel.messages.push({
      ts: workspace.ts(),
      user: workspace.bot.id,
      isBots: true,
      text,
      blocks: [],
      threadTs: null,
      metadata: null,
      editedAt: null,
      calls: [],
    });
}
