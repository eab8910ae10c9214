import { attempt } from '../connections/attempt.ts';
import { createCall } from '../connectors/call.ts';
import type { Announcement } from '../connectors/notification.ts';
import type { Ref } from '../connectors/outcome.ts';
import type { Directory, DirectoryUser } from '../domain/routing/directory.ts';
import { waysToUser, type PossibleWay } from '../domain/routing/ways.ts';
import { openSender, type SendDeps } from './send.ts';

export interface ToTell {
  readonly user: DirectoryUser;
  readonly directory: Directory;
  readonly what: Announcement;
  /** Names the act; the same on every attempt. */
  readonly actId: string;
  /** Of the ways to them, those that may be taken. */
  may?(way: PossibleWay): boolean;
  readonly signal: AbortSignal;
}

/** What is about no incident waits for nobody's turn. */
const announceTimeoutMs = 20_000;

/** Tells a person something that is about no incident, by the first of their ways that takes it; null where none does. */
export async function tellPerson(deps: SendDeps, { user, directory, what, actId, may, signal: givenUp }: ToTell): Promise<Ref | null> {
  const ways = waysToUser(user, { severity: 'SEV4_LOW', atMs: Date.now(), directory });
  for (const { provider, address } of ways.filter((way) => way.provider.isActive && (may?.(way) ?? true))) {
    const sender = await openSender(deps, { providerId: provider.id, providerType: provider.type, purpose: 'notice', address });
    if (!sender.ok || sender.value.notify.announce === undefined) continue;
    const { connector, config, notify, to, alsoSecret } = sender.value;
    const signal = AbortSignal.any([givenUp, AbortSignal.timeout(announceTimeoutMs)]);
    const call = createCall(connector, { config, door: deps.egress, actId, alsoSecret, signal });
    const log = deps.log.child({ actId, providerId: provider.id });
    const result = await attempt(call, log, async () => (await notify.announce?.(call, to, what)) ?? { ok: true, value: noRef });
    if (result.ok) return result.value;
    log.warn({ reason: result.reason.code }, 'a person could not be told in this way');
  }
  return null;
}

const noRef: Ref = { id: '', url: null, receipt: null };
