import type { WebClient } from '@slack/web-api';
import { asking, type SlackCall } from './client.ts';
import { done } from '../outcome.ts';

/** Milliseconds: whoever waits for a name waits for Slack's answer too, and Slack waits for ours. */
const patience = 800;
const goodFor = 3_600_000;
const mostKept = 2_000;
/** By server and member. People in a war room write a lot, and are called the same all the while. */
const kept = new Map<string, { readonly name: string; readonly untilMs: number }>();

/** What these members are called, as far as that can be found out in time and with the scopes at hand. */
export async function namesOf(call: SlackCall, members: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>();
  const unknown = [...new Set(members)].filter((member) => {
    const found = kept.get(keyOf(call, member));
    if (found === undefined || found.untilMs < Date.now()) return true;
    known.set(member, found.name);
    return false;
  });
  if (unknown.length === 0) return known;
  const inTime = { ...call, signal: AbortSignal.any([call.signal, AbortSignal.timeout(patience)]) };
  await Promise.all(
    unknown.map(async (member) => {
      const name = await nameOf(inTime, member);
      if (name === null) return;
      keep(keyOf(call, member), name);
      known.set(member, name);
    }),
  );
  return known;
}

const keyOf = ({ config }: SlackCall, member: string): string => `${config.api_url} ${member}`;

function keep(key: string, name: string): void {
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, { name, untilMs: Date.now() + goodFor });
}

/** A name is not worth a failure. */
async function nameOf(call: SlackCall, member: string): Promise<string | null> {
  try {
    const outcome = await asking(call, async (slack) => done(await ask(slack, member)));
    return outcome.ok ? outcome.value : null;
  } catch {
    return null;
  }
}

async function ask(slack: WebClient, user: string): Promise<string | null> {
  const { user: found } = await slack.users.info({ user });
  return found?.profile?.display_name || found?.real_name || found?.name || null;
}
