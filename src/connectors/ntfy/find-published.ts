import { z } from 'zod';
import type { Call } from '../call.ts';
import { authorizationOf, serverOf, type NtfyConfig } from './config.ts';
import type { NtfyMessage } from './message.ts';
import { readJson } from '../read-json.ts';

/** What is read of a busy topic; more is not. */
const maxAnswerBytes = 1024 * 1024;

const Message = z.object({
  id: z.string(),
  title: z.string().optional(),
  message: z.string().optional(),
  click: z.string().optional(),
  sequence_id: z.string().optional(),
});

/**
 * Whether the server keeps this message already: by its sequence, or on a server that knows none by what it says. Null where it does not, and
 * where the topic may not be read (docs.ntfy.sh/subscribe/api, "Poll for messages").
 */
export async function findPublished({ config, http }: Call<NtfyConfig>, sought: NtfyMessage): Promise<string | null> {
  const { status, body } = await http.fetch({
    url: `${serverOf(config)}/${sought.topic}/json?poll=1&since=10m`,
    method: 'GET',
    headers: { 'user-agent': 'IMAS', ...authorizationOf(config) },
    maxAnswerBytes,
    cutAnswer: true,
  });
  if (status !== 200) return null;
  for (const line of body.split('\n')) {
    const kept = Message.safeParse(readJson(line)).data;
    if (kept !== undefined && isSame(kept, sought)) return kept.id;
  }
  return null;
}

function isSame(kept: z.infer<typeof Message>, sought: NtfyMessage): boolean {
  if (kept.sequence_id !== undefined) return kept.sequence_id === sought.sequence_id;
  return kept.title === sought.title && kept.message === sought.message && kept.click === sought.click;
}
