import { asSaid, type Said } from '../said.ts';
import type { PageResult, RoomResult } from './happening.ts';
import type { Page, PlannedRecipient, Way } from './paging.ts';
import type { IncidentState } from './state.ts';

/**
 * What a history or the store may hold of a `T`: versions before wrote a text wherever a code stands now, and named no cure.
 * It is made a `T` where it comes in; the texts stay as they were written.
 */
export type Before<T> = T extends Said
  ? Said | string
  : T extends readonly (infer Item)[]
    ? readonly Before<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Before<T[K]> }
      : T;

export const stateFrom = (state: Before<IncidentState>): IncidentState => ({
  ...state,
  pages: state.pages.map(pageFrom),
  recipients: Object.fromEntries(Object.entries(state.recipients).map(([id, recipient]) => [id, { ...recipient, ...wordsOf(recipient) }])),
});

export const recipientFrom = (recipient: Before<PlannedRecipient>): PlannedRecipient => ({ ...recipient, ...wordsOf(recipient) });

const wordsOf = ({ reasons, ways }: Before<PlannedRecipient>): Pick<PlannedRecipient, 'reasons' | 'ways'> => ({
  reasons: reasons.map(asSaid),
  ways: ways.map(wayFrom),
});

const wayFrom = (way: Before<Way>): Way => ({ ...way, reason: asSaid(way.reason) });

const pageFrom = ({ cure, ...page }: Before<Page>): Page => ({
  ...page,
  way: wayFrom(page.way),
  reasons: page.reasons.map(asSaid),
  detail: page.detail === null ? null : asSaid(page.detail),
  ...(cure !== undefined && { cure: asSaid(cure) }),
});

export function pageResultFrom(result: Before<PageResult>): PageResult {
  switch (result.outcome) {
    case 'sent':
      return result;
    case 'skipped':
      return { ...result, reason: asSaid(result.reason) };
    case 'failed':
      return { ...result, reason: asSaid(result.reason), cure: result.cure == null ? null : asSaid(result.cure) };
  }
}

export function roomResultFrom(result: Before<RoomResult>): RoomResult {
  if (result.outcome !== 'done') return { ...result, reason: asSaid(result.reason) };
  const { lacking, ...done } = result;
  // As they were written since there are any.
  return {
    ...done,
    ...(lacking !== undefined && { lacking: lacking as NonNullable<Extract<RoomResult, { outcome: 'done' }>['lacking']> }),
  };
}
