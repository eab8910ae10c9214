import { createInteracting } from './interacting.ts';
import type { Channel, Member, Message } from './workspace.ts';
import type { World } from './world.ts';
import { createWriting } from './writing.ts';

/** What people do in the workspace, and what Slack makes of the app's answers. */
export interface People {
  say(who: Member, channel: Channel, text: string, more?: Readonly<Record<string, unknown>>): Promise<Message>;
  edit(who: Member, channel: Channel, message: Message, text: string): Promise<void>;
  remove(who: Member, channel: Channel, message: Message): Promise<void>;
  react(who: Member, channel: Channel, message: Message, reaction: string, isAdded?: boolean): Promise<void>;
  command(who: Member, channel: Channel, text: string): Promise<void>;
  press(who: Member, channel: Channel, message: Message, actionId: string): Promise<void>;
  /** Fills in the modal that they see. */
  submit(who: Member, values: Readonly<Record<string, string>>): Promise<void>;
  /** An event of any other kind. */
  event(event: Readonly<Record<string, unknown>>): Promise<void>;
  /** What people saw of what the app did not answer in time, or with an error. */
  readonly complaints: readonly string[];
}

export const createPeople = (world: World): People => ({
  complaints: world.complaints,
  ...createWriting(world),
  ...createInteracting(world),
});
