import { attempt } from '../connections/attempt.ts';
import { createCall } from '../connectors/call.ts';
import type { Announcement } from '../connectors/notification.ts';
import { failedForGood, type Failure, type Ref } from '../connectors/outcome.ts';
import { openSender, type SendDeps } from '../delivery/send.ts';
import type { Duty } from '../domain/handover.ts';
import { anyReader } from '../domain/reader.ts';
import type { Directory } from '../domain/routing/directory.ts';
import { waysToTeam } from '../domain/routing/ways.ts';
import { said } from '../domain/said.ts';
import { words } from '../texts/languages.ts';
import { beginPosting, keepOnCall, keepPostFailure, type KeptSchedule } from './kept-schedules.ts';

export interface Posting {
  readonly nowMs: number;
  readonly signal: AbortSignal;
  directory(): Promise<Directory>;
}

const postTimeoutMs = 20_000;

/**
 * Posts into the team's channel that somebody else is on call. The act is named by the schedule, the number of the hand-over and who takes over, and noted
 * before the chat is asked: after a crash it is looked for there. A schedule's first look posts nothing, nor does one that has no channel.
 */
export async function postHandover(
  deps: SendDeps,
  schedule: KeptSchedule,
  duty: Duty,
  { nowMs, signal, directory: read }: Posting,
): Promise<void> {
  const { pool } = deps.database;
  const { id, is_known: isKnown, on_call_id: before, post_retry_at: retryAt } = schedule;
  if (isKnown && before === duty.userId) return;
  const directory = isKnown && schedule.announce_handovers && schedule.team_id !== null ? await read() : null;
  const team = schedule.team_id === null ? null : (directory?.teams.get(schedule.team_id) ?? null);
  if (directory === null || team?.slackChannelId == null) return keepOnCall(pool, id, duty.userId, { posted: false });
  if (retryAt !== null && retryAt.getTime() > nowMs) return;

  const actId = `handover/${id}/${schedule.sequence + 1}/${duty.userId ?? 'nobody'}`;
  const maybeDone = schedule.posting === actId;
  await beginPosting(pool, id, actId);
  const what = announcementOf(schedule, duty, directory);
  const log = deps.log.child({ scheduleId: id, actId });
  let failure: Failure = failedForGood(said('cause.providerOff'));
  // The channel lives in one workspace: another is asked only where the first does not know it.
  const ways = waysToTeam(team, { severity: 'SEV1_CRITICAL', atMs: nowMs, directory });
  for (const { provider, address } of ways.filter((way) => way.provider.isActive && way.address === team.slackChannelId)) {
    const sender = await openSender(deps, { providerId: provider.id, providerType: provider.type, purpose: 'notice', address });
    if (!sender.ok) {
      failure = sender;
      continue;
    }
    const { connector, config, notify, to, alsoSecret } = sender.value;
    const until = AbortSignal.any([signal, AbortSignal.timeout(postTimeoutMs)]);
    const call = createCall(connector, { config, door: deps.egress, actId, maybeDone, alsoSecret, signal: until });
    const result = await attempt(call, log, async () => (await notify.announce?.(call, to, what)) ?? cannotAnnounce);
    if (result.ok) {
      log.info('a hand-over was posted');
      return keepOnCall(pool, id, duty.userId, { posted: true });
    }
    failure = result;
    // It may be there: no other provider is to say it again.
    if (result.maybeDone) break;
  }
  const { reason, cure } = failure;
  log.warn({ reason: words(reason), cure: cure === null ? null : words(cure) }, 'a hand-over could not be posted; it is tried again');
  await keepPostFailure(pool, schedule, failure, nowMs);
}

const cannotAnnounce: Failure | { readonly ok: true; readonly value: Ref } = failedForGood(said('cause.providerOff'));

function announcementOf(
  { name, time_zone: timeZone, on_call_id: before }: KeptSchedule,
  { userId, untilMs }: Duty,
  { users }: Directory,
): Announcement {
  const { language } = anyReader;
  const nameOf = (id: string | null): string | null => (id === null ? null : (users.get(id)?.name ?? null));
  const who = nameOf(userId);
  const now =
    who === null
      ? said('handover.nobody')
      : untilMs === null
        ? said('handover.untilFurther', { who })
        : said('handover.until', { who, until: `${timeText(untilMs, timeZone)} (${timeZone})` });
  const past = nameOf(before);
  return {
    title: words(said('handover.title', { schedule: name }), language),
    text: [now, ...(past === null ? [] : [said('handover.before', { who: past })])].map((part) => words(part, language)).join(' '),
    tone: 'plain',
    facts: [],
    links: [],
    mentionAll: false,
  };
}

/** `Mon 7 Dec, 09:00` on the schedule's own clock, which is the one that its people plan by. */
function timeText(atMs: number, timeZone: string): string {
  const at = new Date(atMs);
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone })
    .format(at)
    .replaceAll(',', '');
  return `${day}, ${new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(at)}`;
}
