import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { right, type Right } from './rights.ts';

/** What Discord keeps: one server, who is on it, its channels and what was written there. */
export interface World {
  readonly token: string;
  readonly guild: { readonly id: string; readonly name: string; readonly ownerId: string };
  readonly application: {
    readonly id: string;
    flags: number;
    readonly scopes: Set<string>;
    readonly publicKey: string;
    readonly privateKey: KeyObject;
  };
  readonly roles: Map<string, { readonly name: string; permissions: bigint }>;
  readonly people: Map<string, Person>;
  /** Who is on the server, and with which roles. */
  readonly members: Map<string, { nick: string | null; readonly roles: string[] }>;
  readonly channels: Map<string, Channel>;
  /** Oldest first. */
  readonly messages: Message[];
  readonly webhooks: Map<string, { readonly token: string; readonly channelId: string; readonly name: string }>;
  commands: readonly unknown[];
  /** How many sessions may still begin today. */
  sessionsLeft: number;
  readonly interactions: Map<string, InteractionState>;
  /** A new id; later ones are larger. */
  newId(): string;
  /** Called for whatever the Gateway tells of. */
  tell(event: string, data: object): void;
}

export interface Person {
  readonly id: string;
  readonly username: string;
  readonly globalName: string | null;
  readonly isBot: boolean;
  /** Whether they take direct messages of those they share a server with. */
  takesMessages: boolean;
}

export interface Overwrite {
  readonly id: string;
  readonly type: number;
  readonly allow: bigint;
  readonly deny: bigint;
}

export interface Channel {
  readonly id: string;
  readonly type: number;
  name: string;
  topic: string | null;
  readonly parentId: string | null;
  overwrites: Overwrite[];
  /** With whom the bot speaks, where it is no channel of the server. */
  readonly recipient: string | null;
  /** Instants of the changes of its name and topic. */
  readonly renamedAtMs: number[];
}

export interface Message {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly webhookId: string | null;
  content: string;
  embeds: readonly unknown[];
  components: readonly unknown[];
  readonly replyTo: string | null;
  readonly nonce: string | null;
  readonly sentAtMs: number;
  isPinned: boolean;
  isEdited: boolean;
  /** Ids of whom it notified, `everyone` for everybody. */
  readonly pinged: readonly string[];
}

export interface InteractionState {
  readonly id: string;
  readonly token: string;
  readonly kind: number;
  /** What was answered first; null while the person waits. */
  response: { readonly type: number; readonly data?: unknown } | null;
  /** What the person sees of it: null for nothing, or what stands in the place of a deferral. */
  shown: { readonly content: string; readonly embeds: readonly unknown[]; readonly isForThemAlone: boolean } | null;
}

const everyday: readonly Right[] = [
  'viewChannel',
  'sendMessages',
  'embedLinks',
  'readHistory',
  'mentionEveryone',
  'sendInThreads',
  'addReactions',
];
const ofTheBot: readonly Right[] = ['manageChannels', 'manageRoles', 'manageMessages', 'pinMessages'];

export const bits = (rights: readonly Right[]): bigint => rights.reduce((sum, one) => sum | right[one], 0n);

const id = (n: number): string => String(1_100_000_000_000_000_000n + BigInt(n));
export const known = {
  guild: id(1),
  owner: id(2),
  bot: id(3),
  application: id(4),
  ann: id(5),
  bob: id(6),
  otherBot: id(7),
  botRole: id(8),
  category: id(9),
  alerts: id(10),
  webhook: id(11),
  /** On Discord, and not on the server. */
  stranger: id(12),
} as const;

export const webhookToken = 'aGVsbG8_webhook-token-of-the-channel';

/** A server as it is after the bot was invited with all that it can use. */
export function createWorld(): World {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  let last = 1_000;
  const person = (userId: string, username: string, globalName: string | null = null, isBot = false): [string, Person] => [
    userId,
    { id: userId, username, globalName, isBot, takesMessages: true },
  ];
  return {
    token: 'MTEwMDAwMDAwMDAwMDAwMDAwMw.GuXxYz.bot-token-of-the-application',
    guild: { id: known.guild, name: 'Acme', ownerId: known.owner },
    application: {
      id: known.application,
      // Both privileged intents are turned on.
      flags: (1 << 15) | (1 << 19),
      scopes: new Set(['bot', 'applications.commands']),
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(12).toString('hex'),
      privateKey,
    },
    roles: new Map([
      [known.guild, { name: '@everyone', permissions: bits(everyday) }],
      [known.botRole, { name: 'IMAS', permissions: bits(ofTheBot) }],
    ]),
    people: new Map([
      person(known.owner, 'olga'),
      person(known.bot, 'imas', null, true),
      person(known.ann, 'ann', 'Ann'),
      person(known.bob, 'bob'),
      person(known.otherBot, 'weather', null, true),
      person(known.stranger, 'stranger'),
    ]),
    members: new Map([
      [known.owner, { nick: null, roles: [] }],
      [known.bot, { nick: null, roles: [known.botRole] }],
      [known.ann, { nick: null, roles: [] }],
      [known.bob, { nick: 'Bobby', roles: [] }],
      [known.otherBot, { nick: null, roles: [] }],
    ]),
    channels: new Map(
      [newChannel({ id: known.category, type: 4, name: 'Incidents' }), newChannel({ id: known.alerts, type: 0, name: 'alerts' })].map(
        (channel) => [channel.id, channel],
      ),
    ),
    messages: [],
    webhooks: new Map([[known.webhook, { token: webhookToken, channelId: known.alerts, name: 'IMAS alerts' }]]),
    commands: [],
    sessionsLeft: 1_000,
    interactions: new Map(),
    newId: () => id((last += 1)),
    tell: () => undefined,
  };
}

export const newChannel = (channel: Pick<Channel, 'id' | 'type' | 'name'> & Partial<Channel>): Channel => ({
  topic: null,
  parentId: null,
  overwrites: [],
  recipient: null,
  renamedAtMs: [],
  ...channel,
});
