import type { AlertEvent, ParseResult, PayloadProblem } from '../../domain/alert-event.ts';

export type ParsedAlert = AlertEvent | { readonly ok: false; readonly problem: PayloadProblem };

/** Of a body with many alerts: all of them, or the first problem and those that were understood. */
export function inBatch(parsed: readonly ParsedAlert[]): ParseResult {
  const alerts: AlertEvent[] = [];
  let problem: PayloadProblem | null = null;
  for (const one of parsed) {
    if ('ok' in one) problem ??= one.problem;
    else alerts.push(one);
  }
  return problem === null ? { ok: true, alerts } : { ok: false, problem, understood: alerts };
}
