/** What a Slack workspace knows: docs.slack.dev/reference/objects. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly email: string | null;
  isDeleted: boolean;
}

export interface Message {
  readonly ts: string;
  /** The member who wrote it; the app's own bot is one too. */
  readonly user: string;
  readonly isBots: boolean;
  text: string;
  blocks: readonly unknown[];
  readonly threadTs: string | null;
  metadata: Metadata | null;
  editedAt: string | null;
  /** Whom its text calls: `<!channel>`, `@here`, `<@U…>`. */
  calls: readonly string[];
}

export interface Metadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

export interface Bookmark {
  readonly id: string;
  title: string;
  link: string;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  isArchived: boolean;
  readonly members: Set<string>;
  topic: string;
  /** How often somebody set it: each is a message in the channel. */
  topicsSet: number;
  readonly messages: Message[];
  readonly pins: string[];
  readonly bookmarks: Bookmark[];
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  users: readonly string[];
}

/** What one person sees beside the channels. */
export interface Screen {
  /** Messages for them alone. */
  readonly whispers: { readonly channel: string; readonly threadTs: string | null; readonly text: string }[];
  modal: Readonly<Record<string, unknown>> | null;
}

export interface Workspace {
  readonly teamId: string;
  readonly members: Map<string, Member>;
  readonly channels: Map<string, Channel>;
  readonly groups: Map<string, UserGroup>;
  readonly bot: Member;
  id(letter: string): string;
  ts(): string;
  member(name: string, email?: string | null): Member;
  channel(name: string, options?: { readonly kind?: Channel['kind']; readonly members?: readonly Member[] }): Channel;
  group(handle: string): UserGroup;
  screen(user: string): Screen;
  /** The direct conversation of the bot with a member. */
  direct(user: string): Channel;
}

export function createWorkspace(): Workspace {
  let count = 0;
  let last = 0;
  const members = new Map<string, Member>();
  const channels = new Map<string, Channel>();
  const groups = new Map<string, UserGroup>();
  const screens = new Map<string, Screen>();
  const id = (letter: string): string => `${letter}0${String((count += 1)).padStart(8, '0')}`;
  const member = (name: string, email: string | null = `${name}@example.com`): Member => {
    const made = { id: id('U'), name, realName: `${name[0]?.toUpperCase()}${name.slice(1)} Example`, email, isDeleted: false };
    members.set(made.id, made);
    return made;
  };
  const bot = member('imas', null);
  const channel: Workspace['channel'] = (name, { kind = 'public', members: some = [bot] } = {}) => {
    const made: Channel = {
      id: id(kind === 'im' ? 'D' : 'C'),
      name,
      kind,
      isArchived: false,
      members: new Set(some.map((one) => one.id)),
      topic: '',
      topicsSet: 0,
      messages: [],
      pins: [],
      bookmarks: [],
    };
    channels.set(made.id, made);
    return made;
  };
  return {
    teamId: 'T0ACME00',
    members,
    channels,
    groups,
    bot,
    id,
    // Seconds and a number that tells messages of one channel apart.
    ts() {
      last = Math.max(last + 1, Date.now() * 1000);
      return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, '0')}`;
    },
    member,
    channel,
    group(handle) {
      const made: UserGroup = { id: id('S'), handle, users: [bot.id] };
      groups.set(made.id, made);
      return made;
    },
    screen(user) {
      const known = screens.get(user) ?? { whispers: [], modal: null };
      screens.set(user, known);
      return known;
    },
    direct(user) {
      const known = [...channels.values()].find(({ kind, members: some }) => kind === 'im' && some.has(user));
      return known ?? channel(`direct-${user}`, { kind: 'im', members: [bot, members.get(user)!] });
    },
  };
}
