import { said, type Said } from '../said.ts';
import type { PageResult } from './happening.ts';
import { inTurn, planKey, type Page, type Plan, type PlannedRecipient, type Recipient, type Way } from './paging.ts';
import { planReason } from './plan-reason.ts';
import type { IncidentState } from './state.ts';
import { say, type Turn } from './turn.ts';

/** Finished pages that a run keeps for `explain`; the ledger keeps all. */
const keptPages = 300;
/** The state must stay far below Temporal's 2 MB for one payload. */
const recipientsPerPlan = 200;
/** Of those whom nothing leads to. */
const namedPerPlan = 10;

/** Whether a page of this plan may still go: its ladder runs and nobody has the incident, or it is still theirs and they do not know. */
export function isWanted(plan: Plan, state: IncidentState): boolean {
  switch (plan.for) {
    case 'event':
      return true;
    case 'assignee':
      return state.status !== 'RESOLVED' && state.assignee?.id === plan.userId && state.acknowledged?.by.id !== plan.userId;
    case 'holder':
      return plan.epoch === state.epoch && state.status === 'ACKNOWLEDGED' && has(plan.userId, state);
    default:
      return plan.epoch === state.epoch && state.status === 'TRIGGERED';
  }
}

const has = (userId: string, { acknowledged, assignee }: IncidentState): boolean =>
  acknowledged?.by.id === userId || assignee?.id === userId;

export function startPages(turn: Turn, plan: Plan, planned: readonly PlannedRecipient[]): void {
  const recipients = planned.filter(({ ways }) => ways.length > 0);
  if ((plan.for === 'assignee' || plan.for === 'holder') && recipients.length === 0) {
    const what = said(plan.for === 'assignee' ? 'entry.assigneeUnreached' : 'entry.holderUnreached', { who: plan.name });
    say(turn, 'DELIVERY_FAILED', what, { data: { user_id: plan.userId } });
  }
  for (const { name, userId } of planned.filter(({ ways, off }) => ways.length === 0 && off === undefined).slice(0, namedPerPlan)) {
    say(turn, 'DELIVERY_FAILED', said('entry.noWay', { who: name }), { data: { user_id: userId } });
  }
  if (isFirstOfItsKind(plan)) sayWhatIsOff(turn, planned);
  const leftOut = recipients.length - recipientsPerPlan;
  if (leftOut > 0) say(turn, 'DELIVERY_SKIPPED', said('entry.leftOut', { count: leftOut }), { data: { left_out: leftOut } });
  for (const recipient of recipients.slice(0, recipientsPerPlan)) {
    const recipientId = `${planKey(plan)}.${recipient.key}`;
    if (turn.state.pages.some((page) => page.recipientId === recipientId)) continue;
    if (plan.for === 'assignee' && isBeingPaged(turn, plan.userId)) continue;
    const { first, later } = inTurn(recipient.ways);
    const started: Recipient = { ...recipient, ways: [...first, ...later], plan, used: first.length };
    turn.state = { ...turn.state, recipients: { ...turn.state.recipients, [recipientId]: started } };
    first.forEach((_, index) => startPage(turn, recipientId, started, index));
  }
}

/** What is switched off is so in the next round too. */
const isFirstOfItsKind = (plan: Plan): boolean => plan.for !== 'level' || plan.round === 0;

function sayWhatIsOff(turn: Turn, planned: readonly PlannedRecipient[]): void {
  const off = planned.flatMap((recipient) => (recipient.off ?? []).map((provider) => ({ ...recipient, provider })));
  for (const { name, userId, provider } of off.slice(0, namedPerPlan)) {
    const to = name === provider ? provider : said('entry.recipient', { provider, who: name });
    say(turn, 'DELIVERY_SKIPPED', said('entry.skipped', { to, reason: said('cause.providerInactive') }), {
      data: { recipient: name, user_id: userId, provider },
    });
  }
}

/** Who is paged by the escalation at this moment needs no second page. */
const isBeingPaged = ({ state, nowMs }: Turn, userId: string): boolean =>
  state.pages.some((page) => page.userId === userId && page.purpose === 'page' && page.outcome !== 'failed' && page.atMs === nowMs);

function startPage(turn: Turn, recipientId: string, recipient: Recipient, wayIndex: number): void {
  const way = recipient.ways[wayIndex];
  if (way === undefined) return;
  const page: Page = {
    id: `${recipientId}.${wayIndex}`,
    recipientId,
    purpose: recipient.purpose ?? (recipient.plan.for === 'event' ? 'notice' : 'page'),
    plan: recipient.plan,
    name: recipient.name,
    userId: recipient.userId,
    way,
    reasons: [planReason(recipient.plan, turn.state), ...recipient.reasons, way.reason],
    outcome: 'pending',
    detail: null,
    atMs: turn.nowMs,
  };
  turn.state = { ...turn.state, pages: [...turn.state.pages, page] };
  turn.effects.push({ type: 'send', page });
}

/** Takes a page's result; where it failed for good, starts the next way to the same recipient. */
export function finishPage(turn: Turn, pageId: string, result: PageResult): void {
  const page = turn.state.pages.find((candidate) => candidate.id === pageId);
  if (page === undefined || page.outcome !== 'pending') return;
  replacePage(turn, { ...page, ...endOf(result), outcome: result.outcome, atMs: turn.nowMs });
  sayResult(turn, page, result);
  if (result.outcome === 'failed' && isWanted(page.plan, turn.state)) tryNextWay(turn, page.recipientId);
  forgetFinished(turn, page.recipientId);
}

function endOf(result: PageResult): Pick<Page, 'detail' | 'cure' | 'mayHaveReached'> {
  switch (result.outcome) {
    case 'sent':
      return { detail: said('cause.verbatim', { text: result.receipt }) };
    case 'skipped':
      return { detail: result.reason, ...(result.mayHaveReached === true && { mayHaveReached: true }) };
    case 'failed':
      return { detail: result.reason, ...(result.cure !== null && { cure: result.cure }) };
  }
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

function sayResult(turn: Turn, page: Page, result: PageResult): void {
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
  const to = recipientOf(name, way);
  switch (result.outcome) {
    case 'sent': {
      const { receipt, perhapsTwice, together } = result;
      const what =
        together === undefined
          ? said(perhapsTwice ? 'entry.sentTwice' : 'entry.sent', { to })
          : said(perhapsTwice ? 'entry.sentInDigestTwice' : 'entry.sentInDigest', { to, incidents: together });
      say(turn, 'ALERT_SENT', what, {
        data: { ...data, receipt, perhaps_twice: perhapsTwice, ...(together !== undefined && { together }) },
      });
      return;
    }
    case 'failed': {
      const { reason, cure } = result;
      const failed = said('entry.notSent', { to, reason });
      if (cure === null) say(turn, 'DELIVERY_FAILED', failed, { data });
      else say(turn, 'DELIVERY_FAILED', said('entry.withCure', { said: failed, cure }), { data: { ...data, cure } });
      return;
    }
    case 'skipped': {
      const { reason } = result;
      if (result.mayHaveReached === true)
        say(turn, 'DELIVERY_SKIPPED', said('entry.maybeSent', { to, reason }), { data: { ...data, reason, may_have_reached: true } });
      else say(turn, 'DELIVERY_SKIPPED', said('entry.skipped', { to, reason }), { data });
      return;
    }
  }
}

/** A provider that is told by its own default has no other name. */
const recipientOf = (who: string, { providerName, system }: Way): string | Said =>
  who === providerName ? providerName : said('entry.recipient', { provider: system ?? providerName, who });
