import { fieldPath } from '../../domain/field-path.ts';
import { maxAlertsOfBody, soundPayload } from './sound-payload.ts';
import { sendFewer, type AlertEvent, type ParseResult, type PayloadProblem } from '../../domain/alert-event.ts';

export type ParsedAlert = AlertEvent | { readonly ok: false; readonly problem: PayloadProblem };

/**
 * Of a body with many alerts, `at` in it: all of them, or the first problem and those that were understood. Of more alerts than one body
 * may hold the first are taken.
 */
export function inBatch(
  list: readonly unknown[],
  at: readonly PropertyKey[],
  parse: (alert: unknown, at: readonly PropertyKey[]) => ParsedAlert,
): ParseResult {
  const alerts: AlertEvent[] = [];
  let problem: PayloadProblem | null =
    list.length > maxAlertsOfBody ? { field: fieldPath(at), reason: `has more than ${maxAlertsOfBody} alerts; ${sendFewer}` } : null;
  for (let index = 0; index < Math.min(list.length, maxAlertsOfBody); index++) {
    const here = [...at, index];
    const sound = soundPayload(list[index], here);
    const one = sound.ok ? parse(sound.value, here) : sound;
    if ('ok' in one) problem ??= one.problem;
    else alerts.push(one);
  }
  return problem === null ? { ok: true, alerts } : { ok: false, problem, understood: alerts };
}
