/** Whom to page, in which order, how fast. A version of it is pinned to each incident when the incident opens. */
export interface PolicyDocument {
  readonly levels: readonly PolicyLevel[];
  /** How many more times the levels are gone through when nobody acknowledges. */
  readonly repeat: number;
  /** Paged when every round has passed; never empty. */
  readonly fallback: readonly PageTarget[];
  /** Seconds after an acknowledgement until the ladder starts again; 0 for never. */
  readonly acknowledged_timeout_seconds: number;
}

export interface PolicyLevel {
  readonly targets: readonly PageTarget[];
  /** Seconds that this level has to acknowledge before the next one is paged. */
  readonly delay_seconds: number;
}

export type PageTarget =
  | { readonly type: 'user'; readonly id: string }
  | { readonly type: 'schedule'; readonly id: string }
  | { readonly type: 'team'; readonly id: string }
  /** A provider with an address that it understands (mail address, channel, phone number), or with its own default. */
  | { readonly type: 'provider'; readonly id: string; readonly address?: string | undefined }
  /** Of the team that owns the incident, when it is paged: so one policy serves every service. */
  | { readonly type: 'owner_on_call' }
  | { readonly type: 'owner_team' }
  | { readonly type: 'admins' };

/** The same for the same target, whatever its address. */
export const targetKey = (target: PageTarget): string => ('id' in target ? `${target.type}:${target.id}` : target.type);

/** For an incident that no team owns: levels that would ask for its team are none, and the fallback comes first where nothing else is left. */
export function withoutOwner(document: PolicyDocument): PolicyDocument {
  const others = (targets: readonly PageTarget[]): PageTarget[] =>
    targets.filter(({ type }) => type !== 'owner_on_call' && type !== 'owner_team');
  const levels = document.levels.map((level) => ({ ...level, targets: others(level.targets) }));
  const fallback = others(document.fallback);
  const [first] = document.levels;
  const isBare = first !== undefined && levels.every(({ targets }) => targets.length === 0);
  return { ...document, fallback, levels: isBare ? [{ targets: fallback, delay_seconds: first.delay_seconds }] : levels };
}

export interface PinnedPolicy {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly document: PolicyDocument;
}

export type Rung =
  | { readonly on: 'level'; readonly round: number; readonly level: number; readonly here: PolicyLevel }
  | { readonly on: 'fallback' };

/** Where an escalation that has come to this place pages next: levels without targets are passed over, and the fallback comes last. */
export function nextRung({ levels, repeat }: PolicyDocument, from: { readonly round: number; readonly level: number }): Rung {
  for (let { round, level } = from; round <= repeat; round += 1, level = 0) {
    for (; level < levels.length; level += 1) {
      const here = levels[level];
      if (here !== undefined && here.targets.length > 0) return { on: 'level', round, level, here };
    }
  }
  return { on: 'fallback' };
}
