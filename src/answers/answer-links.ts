import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Answer } from '../connectors/notification.ts';
import type { SecretBox } from '../secrets/secret-box.ts';

/** What a link may do; nothing at all where an administrator says so. */
export type AnswerAct = Answer['act'];

export interface AnswerLinkDeps {
  readonly pool: Pool;
  readonly secrets: SecretBox;
  readonly baseUrl: string;
  /** As the administrator has set it. */
  readonly acts: readonly AnswerAct[];
}

export interface Addressee {
  readonly incidentId: string;
  readonly userId: string;
  /** Of the escalation that the message belongs to: when the incident begins anew, the link does nothing. */
  readonly epoch: number;
}

/** Hours. */
export const answerLinkHours = 24;

/** 108 bits, which nobody guesses; short, since an SMS has to hold them. */
const tokenLength = 18;

export const tokenHash = (token: string): string => hash('sha256', token, 'hex');

/**
 * The links of one person for one incident: the same on every attempt at every message, so that a retry makes no new ones. A link is our
 * signature over whom, what and when it is for; the store knows its hash alone.
 */
export async function linksFor(
  { pool, secrets, baseUrl, acts }: AnswerLinkDeps,
  { incidentId, userId, epoch }: Addressee,
): Promise<readonly Answer[]> {
  if (acts.length === 0) return [];
  const tokens = acts.map((act) => secrets.sign(JSON.stringify([incidentId, userId, act, epoch]), 'answer').slice(0, tokenLength));
  await pool.query({
    name: 'answer-links',
    text: `insert into answer_links (token_hash, incident_id, user_id, act, epoch, expires_at)
      select t.token_hash, $3, $4, t.act, $5, now() + make_interval(hours => $6) from unnest($1::text[], $2::text[]) as t(token_hash, act)
      on conflict (token_hash) do update set expires_at = excluded.expires_at`,
    values: [tokens.map(tokenHash), [...acts], incidentId, userId, epoch, answerLinkHours],
  });
  return acts.map((act, index) => ({ act, url: `${baseUrl}/a/${tokens[index]}` }));
}
