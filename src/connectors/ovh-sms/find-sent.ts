import { z } from 'zod';
import type { Call } from '../call.ts';
import type { Ref } from '../outcome.ts';
import { callOvh } from './api.ts';
import type { OvhClock } from './clock.ts';
import type { OvhSmsConfig } from './config.ts';
import { readJson } from '../read-json.ts';

const Ids = z.array(z.number());
/** sms.Job, which has no tag. */
const Job = z.object({ message: z.string().nullish(), receiver: z.string().nullish() });

/** What waits at OVH waits for seconds; more is a campaign of somebody else's. */
const pendingRead = 10;

export interface Sought {
  readonly tag: string;
  readonly receiver: string;
  /** Any of them. */
  readonly texts: readonly string[];
}

/**
 * The message of an earlier attempt: among those that have left, by its tag, and among those that wait. Null where there is none, and where
 * the token may not look: it needs `GET /sms/*`.
 */
export async function findSent(call: Call<OvhSmsConfig>, clock: OvhClock, { tag, receiver, texts }: Sought): Promise<Ref | null> {
  const account = `/sms/${encodeURIComponent(call.config.service_name)}`;
  const read = async <T>(path: string, schema: z.ZodType<T>): Promise<T | null> => {
    const { status, body } = await callOvh(call, clock, { method: 'GET', path });
    return status === 200 ? (schema.safeParse(readJson(body)).data ?? null) : null;
  };
  const [sent] = (await read(`${account}/outgoing?tag=${encodeURIComponent(tag)}`, Ids)) ?? [];
  if (sent !== undefined) return refOf(sent);
  const pending = ((await read(`${account}/jobs`, Ids)) ?? []).toSorted((a, b) => b - a).slice(0, pendingRead);
  for (const id of pending) {
    const job = await read(`${account}/jobs/${id}`, Job);
    if (job?.receiver === receiver && texts.includes(job.message ?? '')) return refOf(id);
  }
  return null;
}

const refOf = (id: number): Ref => ({ id: String(id), url: null, receipt: `job ${id}, of an earlier attempt` });
