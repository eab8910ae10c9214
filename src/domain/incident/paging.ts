import type { Plan } from './happening.ts';
import type { IncidentState } from './state.ts';
import { say, type Turn } from './turn.ts';

/** One who is to be told, with the ways to them in order of preference. */
export interface PlannedRecipient {
  /** The same for the same person, team or address, whichever way is taken. */
  readonly key: string;
  readonly name: string;
  readonly userId: string | null;
  /** From target to choice: `schedule "Primary": Ann is on call`. */
  readonly reasons: readonly string[];
  readonly ways: readonly Way[];
}

export interface Way {
  readonly providerId: string;
  readonly providerName: string;
  readonly providerType: string;
  readonly address: string | null;
  /** Used at once; others only when one before has failed. */
  readonly atOnce: boolean;
  readonly reason: string;
}

/** A recipient whose ways are not all used up or finished yet. */
export interface Recipient extends PlannedRecipient {
  readonly plan: Plan;
  readonly used: number;
}

/** One message to one recipient by one way. Its id names the act, so that a repeat of it is the same delivery. */
export interface Page {
  readonly id: string;
  readonly recipientId: string;
  readonly purpose: 'page' | 'notice';
  readonly plan: Plan;
  readonly name: string;
  readonly userId: string | null;
  readonly way: Way;
  readonly reasons: readonly string[];
  readonly outcome: 'pending' | 'sent' | 'skipped' | 'failed';
  readonly detail: string | null;
  /** Of a skipped page: an earlier attempt at it was cut off, and nobody can know whether it arrived. */
  readonly mayHaveReached?: true;
  readonly atMs: number;
}

/** Finished pages that a run keeps for `explain`; the ledger keeps all. */
const keptPages = 300;
/** The state must stay far below Temporal's 2 MB for one payload. */
const recipientsPerPlan = 200;

export const planKey = (plan: Plan): string => {
  switch (plan.for) {
    case 'level':
      return `e${plan.epoch}.r${plan.round}.l${plan.level}`;
    case 'fallback':
    case 'last_resort':
      return `e${plan.epoch}.${plan.for}`;
    case 'event':
      return plan.key;
  }
};

export const describePlan = (plan: Plan, state: IncidentState): string => {
  const policy = `policy "${state.policy.name}" version ${state.policy.version}`;
  switch (plan.for) {
    case 'level':
      return `${policy}, round ${plan.round + 1}, level ${plan.level + 1}`;
    case 'fallback':
      return `${policy}, final fallback`;
    case 'last_resort':
      return `${policy}, nobody of its fallback can be reached`;
    case 'event':
      return plan.event;
  }
};

/** Whether a page of this plan may still go: its ladder runs and nobody has the incident. */
export const isWanted = (plan: Plan, state: IncidentState): boolean =>
  plan.for === 'event' || (plan.epoch === state.epoch && state.status === 'TRIGGERED');

export function startPages(turn: Turn, plan: Plan, recipients: readonly PlannedRecipient[]): void {
  const leftOut = recipients.length - recipientsPerPlan;
  if (leftOut > 0)
    say(turn, 'DELIVERY_SKIPPED', `${leftOut} more recipients of ${describePlan(plan, turn.state)} were left out`, {
      data: { left_out: leftOut },
    });
  for (const planned of recipients.slice(0, recipientsPerPlan)) {
    const recipientId = `${planKey(plan)}.${planned.key}`;
    if (turn.state.pages.some((page) => page.recipientId === recipientId)) continue;
    const atOnce = planned.ways.filter((way) => way.atOnce);
    const first = atOnce.length > 0 ? atOnce : planned.ways.slice(0, 1);
    const later = planned.ways.filter((way) => !first.includes(way));
    const recipient: Recipient = { ...planned, ways: [...first, ...later], plan, used: first.length };
    turn.state = { ...turn.state, recipients: { ...turn.state.recipients, [recipientId]: recipient } };
    first.forEach((_, index) => startPage(turn, recipientId, recipient, index));
  }
}

function startPage(turn: Turn, recipientId: string, recipient: Recipient, wayIndex: number): void {
  const way = recipient.ways[wayIndex];
  if (way === undefined) return;
  const page: Page = {
    id: `${recipientId}.${wayIndex}`,
    recipientId,
    purpose: recipient.plan.for === 'event' ? 'notice' : 'page',
    plan: recipient.plan,
    name: recipient.name,
    userId: recipient.userId,
    way,
    reasons: [describePlan(recipient.plan, turn.state), ...recipient.reasons, way.reason],
    outcome: 'pending',
    detail: null,
    atMs: turn.nowMs,
  };
  turn.state = { ...turn.state, pages: [...turn.state.pages, page] };
  turn.effects.push({ type: 'send', page });
}

/** Takes a page's result; where it failed for good, starts the next way to the same recipient. */
export function finishPage(
  turn: Turn,
  pageId: string,
  result: { outcome: 'sent' | 'skipped' | 'failed'; detail: string | null; perhapsTwice: boolean; mayHaveReached: boolean },
): Page | null {
  const page = turn.state.pages.find((candidate) => candidate.id === pageId);
  if (page === undefined || page.outcome !== 'pending') return null;
  const { outcome, detail, mayHaveReached } = result;
  const finished: Page = { ...page, outcome, detail, ...(mayHaveReached && { mayHaveReached }), atMs: turn.nowMs };
  replacePage(turn, finished);
  sayOutcome(turn, finished, result.perhapsTwice);
  if (result.outcome === 'failed' && isWanted(page.plan, turn.state)) tryNextWay(turn, page.recipientId);
  forgetFinished(turn, page.recipientId);
  return finished;
}

function tryNextWay(turn: Turn, recipientId: string): void {
  const recipient = turn.state.recipients[recipientId];
  if (recipient === undefined || recipient.used >= recipient.ways.length) return;
  const next: Recipient = { ...recipient, used: recipient.used + 1 };
  turn.state = { ...turn.state, recipients: { ...turn.state.recipients, [recipientId]: next } };
  startPage(turn, recipientId, next, recipient.used);
}

function replacePage(turn: Turn, page: Page): void {
  turn.state = { ...turn.state, pages: turn.state.pages.map((candidate) => (candidate.id === page.id ? page : candidate)) };
}

function forgetFinished(turn: Turn, recipientId: string): void {
  if (turn.state.pages.some((page) => page.recipientId === recipientId && page.outcome === 'pending')) return;
  const { [recipientId]: _, ...recipients } = turn.state.recipients;
  const surplus = turn.state.pages.length - keptPages;
  const pages = surplus <= 0 ? turn.state.pages : turn.state.pages.filter((page, index) => index >= surplus || page.outcome === 'pending');
  turn.state = { ...turn.state, recipients, pages };
}

function sayOutcome(turn: Turn, page: Page, perhapsTwice: boolean): void {
  const { name, way } = page;
  const data = {
    recipient: name,
    user_id: page.userId,
    provider: way.providerName,
    provider_type: way.providerType,
    address: way.address,
    purpose: page.purpose,
    reasons: page.reasons,
    page_id: page.id,
  };
  switch (page.outcome) {
    case 'sent':
      say(
        turn,
        'ALERT_SENT',
        `Told ${name} by ${way.providerName}${perhapsTwice ? ' (perhaps twice: an earlier attempt was cut off)' : ''}`,
        {
          data: { ...data, receipt: page.detail, perhaps_twice: perhapsTwice },
        },
      );
      return;
    case 'failed':
      say(turn, 'DELIVERY_FAILED', `Could not tell ${name} by ${way.providerName}: ${page.detail ?? 'no reason given'}`, { data });
      return;
    case 'skipped': {
      const reason = page.detail ?? 'no longer wanted';
      if (page.mayHaveReached) {
        const message = `May have told ${name} by ${way.providerName}: an attempt was cut off, and it was not sent again: ${reason}`;
        say(turn, 'DELIVERY_SKIPPED', message, { data: { ...data, reason, may_have_reached: true } });
      } else say(turn, 'DELIVERY_SKIPPED', `Did not tell ${name} by ${way.providerName}: ${reason}`, { data });
      return;
    }
    case 'pending':
      return;
  }
}
