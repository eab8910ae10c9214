import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { CommandReused, type CommandResult, UnknownIncident } from '../../incidents/incidents.ts';
import { said, type Said } from '../../domain/said.ts';
import { words } from '../../texts/languages.ts';
import type { CommandBody } from '../../contract/incident.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound, Problem } from '../problem.ts';
import type { ApiEnv } from '../env.ts';
import { presentSaid } from '../said.ts';
import { actorOf } from './actor.ts';
import { incidentIdOf, readIncident } from './read.ts';

/** How long an answer waits for the incident to act, milliseconds; then it is 202. */
const waitMs = 3_000;

/**
 * Gives the commands to the incident, in order, and answers with the incident as it stands then: 200 when all were
 * applied, 202 when one is still on its way. The request's Idempotency-Key makes a repeat harmless even where its answer
 * was never kept.
 * @throws Problem 409 when the incident's state forbids one; it says why
 */
export async function command(c: Context<ApiEnv>, deps: ApiDeps, givenId: string, bodies: readonly CommandBody[]) {
  const signedIn = c.get('signedIn');
  const incidentId = await incidentIdOf(deps.database.pool, givenId);
  const key = c.req.header('idempotency-key');
  const base = key === undefined ? randomUUID() : `${signedIn.userId}:${key}`;
  const results: CommandResult[] = [];
  for (const body of bodies) {
    const id = bodies.length === 1 ? base : `${base}:${body.kind}`;
    const result = await give(deps, { id, incidentId, actor: actorOf(signedIn), body, waitMs });
    if (result.outcome === 'refused') throw new Problem(409, words(result.said), { said: result.said });
    results.push(result);
  }
  const pending = results.some((result) => result.outcome === 'pending');
  const answers = results.map((result): Said => (result.outcome === 'pending' ? said('command.accepted') : result.said));
  const [only] = answers;
  const answer = answers.length === 1 && only !== undefined ? only : said('command.several', { said: answers });
  const incident = await readIncident(deps.database.pool, incidentId, deps.config.baseUrl);
  const outcome = pending ? ('pending' as const) : ('applied' as const);
  return c.json({ ...incident, command: { id: base, outcome, ...presentSaid(answer) } }, pending ? 202 : 200);
}

async function give({ incidents }: ApiDeps, request: Parameters<ApiDeps['incidents']['command']>[0]): Promise<CommandResult> {
  try {
    return await incidents.command(request);
  } catch (error) {
    if (error instanceof UnknownIncident) throw notFound('incident');
    if (error instanceof CommandReused) throw new Problem(422, 'This Idempotency-Key was used for something else.');
    throw error;
  }
}
