import { said } from '../../domain/said.ts';
import type { Http } from '../http.ts';
import type { Failure } from '../outcome.ts';
import { codeOf, toFailure } from './failure.ts';

/** Why Slack gave no address for a socket. @throws as `toFailure` */
export function appTokenFailure(error: unknown, http: Pick<Http, 'shown'>): Failure {
  const failure = toFailure(error, http);
  const code = codeOf(error);
  if (code === null || !failure.permanent) return failure;
  return { ...failure, reason: said('cause.slackAppToken', { said: http.shown(code) }), cure: said('cure.slackAppToken') };
}
