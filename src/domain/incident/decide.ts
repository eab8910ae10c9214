import { takeAlerts } from './alerts.ts';
import { takeCommand } from './commands.ts';
import type { Actor, DocumentResult, Happening, News, RoomResult, SetUp } from './happening.ts';
import { tellJoined } from './joined.ts';
import { climbLadder, skipUnreached, startLadder } from './ladder.ts';
import { planKey } from './paging.ts';
import { said } from '../said.ts';
import { finishPage, isWanted, startPages } from './send-pages.ts';
import type { Severity } from '../vocabulary.ts';
import type { IncidentState } from './state.ts';
import { resolve, triggerAgain } from './status.ts';
import {
  announce,
  monitoring,
  say,
  system,
  tellAssignee,
  type CommandOutcome,
  type Effect,
  type TimelineEntry,
  type Turn,
} from './turn.ts';

export interface Decision {
  readonly state: IncidentState;
  readonly effects: readonly Effect[];
  readonly entries: readonly TimelineEntry[];
  readonly results: readonly CommandOutcome[];
}

/**
 * What an incident does about what happened. Pure: the same state, happening and time give the same decision, in the
 * workflow, in a replay years later, in the simulator.
 * @param nowMs epoch milliseconds
 */
export function decide(state: IncidentState, happening: Happening, nowMs: number): Decision {
  const turn: Turn = { state, nowMs, effects: [], entries: [], results: [] };
  take(turn, happening);
  doWhatIsDue(turn);
  return { state: turn.state, effects: turn.effects, entries: turn.entries, results: turn.results };
}

/** As `decide`, about one after another. */
export function decideAll(state: IncidentState, happenings: readonly Happening[], nowMs: number): Decision {
  let now = state;
  const decisions = happenings.map((happening) => {
    const decision = decide(now, happening, nowMs);
    now = decision.state;
    return decision;
  });
  return {
    state: now,
    effects: decisions.flatMap(({ effects }) => effects),
    entries: decisions.flatMap(({ entries }) => entries),
    results: decisions.flatMap(({ results }) => results),
  };
}

/** What follows from news: with a look at the clock, so that what is late is done even where nothing is new. */
export const decideNews = (state: IncidentState, { happenings }: News, nowMs: number): Decision =>
  decideAll(state, [...happenings, { type: 'clock' }], nowMs);

function take(turn: Turn, happening: Happening): void {
  switch (happening.type) {
    case 'opened':
      return open(turn, happening.setUp);
    case 'alerts':
      return takeAlerts(turn, happening.alerts);
    case 'command':
      return takeCommand(turn, happening.command, happening.asNow ?? false);
    case 'planned': {
      const key = planKey(happening.plan);
      turn.state = { ...turn.state, plans: turn.state.plans.filter((plan) => planKey(plan) !== key) };
      if (isWanted(happening.plan, turn.state)) startPages(turn, happening.plan, happening.recipients);
      return skipUnreached(turn);
    }
    case 'page_finished': {
      finishPage(turn, happening.pageId, happening.result);
      return skipUnreached(turn);
    }
    case 'room_finished':
      return finishRoom(turn, happening.result);
    case 'room_closed':
      if (turn.state.steps.war_room === 'done') turn.state = { ...turn.state, steps: { war_room: 'waiting' } };
      return;
    case 'kept_in_step':
      turn.state = { ...turn.state, inStep: happening.visible };
      if (happening.document !== undefined) takeDocument(turn, happening.document);
      return;
    case 'clock':
      return;
  }
}

/** The ladder starts here, and the war room opens beside it. What resolves at once resolves before anybody is paged: the alerts come in the same turn's queue. */
function open(
  turn: Turn,
  { documentUrl, documentIsElsewhere, hasRooms, roomIsOptional = false, assignedBy = null, quietlyBy }: SetUp,
): void {
  if (turn.state.sequence > 0) return;
  if (quietlyBy !== undefined) return openQuietly(turn, quietlyBy, documentIsElsewhere === true ? null : documentUrl);
  say(turn, 'INCIDENT_OPENED', said('entry.opened', { title: turn.state.title }), {
    data: { severity: turn.state.severity, service: turn.state.service.name },
  });
  announce(turn, 'incident.created');
  if (documentIsElsewhere !== true) sayDocument(turn, documentUrl);
  if (wantsRoom(turn) && !hasRooms) finishRoom(turn, { outcome: 'skipped', reason: said('cause.noRooms'), isNoNews: roomIsOptional });
  startLadder(turn);
  if (assignedBy === null) return;
  // Whoever is on the first level is paged by that.
  climbLadder(turn);
  tellAssignee(turn, assignedBy);
}

/** Recorded, and nobody is told. */
function openQuietly(turn: Turn, by: Actor, documentUrl: string | null): void {
  const { title, severity, service } = turn.state;
  turn.state = { ...turn.state, quiet: true };
  const what = said('entry.openedQuietly', { title, by: by.name });
  say(turn, 'INCIDENT_OPENED', what, { actor: by, data: { severity, service: service.name } });
  if (documentUrl !== null) sayDocument(turn, documentUrl);
}

const sayDocument = (turn: Turn, url: string): void =>
  say(turn, 'DOCUMENT_CREATED', said('entry.documentCreated'), { data: { url, title: 'Incident document' } });

/** Where another system cannot keep it, our own takes its place. */
function takeDocument(turn: Turn, result: DocumentResult): void {
  if (turn.state.document !== undefined) return;
  turn.state = { ...turn.state, document: result.outcome };
  if (result.outcome === 'failed') {
    const { reason, cure } = result;
    const failed = said('entry.noDocument', { reason });
    say(turn, 'DOCUMENT_FAILED', cure === null ? failed : said('entry.withCure', { said: failed, cure }), { data: { reason } });
  }
  sayDocument(turn, result.url);
}

/** Wire format, §4. */
const severitiesWithRoom: readonly Severity[] = ['SEV1_CRITICAL', 'SEV2_HIGH'];

const wantsRoom = ({ state }: Turn): boolean =>
  state.status !== 'RESOLVED' && state.quiet !== true && state.steps.war_room === 'waiting' && severitiesWithRoom.includes(state.severity);

/** An incident that becomes bad enough later gets its room then. */
function openRoom(turn: Turn): void {
  if (!wantsRoom(turn)) return;
  turn.state = { ...turn.state, steps: { war_room: 'under_way' } };
  turn.effects.push({ type: 'open_room' });
}

function doWhatIsDue(turn: Turn): void {
  const { quietUntilMs } = turn.state;
  if (quietUntilMs !== null && quietUntilMs <= turn.nowMs) resolve(turn, monitoring, said('entry.resolvedQuiet'));
  const { acknowledged } = turn.state;
  if (acknowledged?.timeoutAtMs != null && acknowledged.timeoutAtMs <= turn.nowMs) {
    triggerAgain(turn, system, said('entry.forgotten', { who: acknowledged.by.name }));
  }
  tellJoined(turn);
  openRoom(turn);
  climbLadder(turn);
}

const roomEntries = { done: 'WAR_ROOM_CREATED', failed: 'WAR_ROOM_FAILED', skipped: 'WAR_ROOM_SKIPPED' } as const;

function finishRoom(turn: Turn, result: RoomResult): void {
  const { outcome } = result;
  turn.state = { ...turn.state, steps: { war_room: outcome } };
  if (outcome === 'done') {
    const { url, title } = result;
    say(turn, roomEntries.done, said('entry.roomCreated', { title }), { data: { url, title } });
    for (const { reason, cure } of result.lacking ?? []) {
      say(turn, roomEntries.skipped, cure === null ? reason : said('entry.withCure', { said: reason, cure }), { data: { reason } });
    }
    const { uninvited = [] } = result;
    if (uninvited.length > 0)
      say(turn, roomEntries.skipped, said('entry.notInvited', { who: uninvited.join(', ') }), { data: { uninvited } });
  } else if (result.isNoNews !== true) {
    const { reason } = result;
    say(turn, roomEntries[outcome], said('entry.noRoom', { reason }), { data: { reason } });
  }
}
