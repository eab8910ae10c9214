import { z } from 'zod';
import { trimEndOf } from '../../domain/trim-end.ts';
import { destination, secret } from '../secret.ts';

/** server/server.go, `topicRegex`. */
export const Topic = z
  .string()
  .trim()
  .regex(/^[-_A-Za-z0-9]{1,64}$/, 'must be a topic: 1 to 64 letters, digits, - and _');

/** ntfy does not run below a path: what stands there is a topic by mistake. */
const Server = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine(
    (text) => !URL.canParse(text) || (trimEndOf(new URL(text).pathname, '/') === '' && new URL(text).search === ''),
    'must be the address of the server alone, such as https://ntfy.example.com: the topic has its own field',
  );

/** docs.ntfy.sh/publish, "Message priority". */
const priorities = { min: 1, low: 2, default: 3, high: 4, max: 5, urgent: 5 } as const;

const Priority = z.coerce
  .string()
  .trim()
  .toLowerCase()
  .regex(/^([1-5]|min|low|default|high|max|urgent)$/, 'must be 1 to 5, or min, low, default, high, max, urgent');

/** A list, or one text with commas in it. */
const Tags = z
  .preprocess(
    (given) => (typeof given === 'string' ? given.split(',') : given),
    z
      .array(
        z
          .string()
          .trim()
          .max(100)
          .regex(/^[^,\p{Cc}]*$/u, 'must hold no comma'),
      )
      .max(20),
  )
  .meta({ type: 'array', items: { type: 'string' } });

export const NtfyConfig = z
  .strictObject({
    server_url: destination(Server).optional().describe('The server, without a topic: `https://ntfy.sh`, or your own.'),
    default_topic: Topic.optional().describe(
      'The topic for messages that are for no person. Whoever knows a topic of an open server can read it.',
    ),
    access_token: secret(z.string().trim()).optional().describe('If the topics are protected: an access token (`tk_…`).'),
    username: z.string().trim().max(200).optional().describe('In place of an access token.'),
    password: secret(z.string()).optional().describe('Used only with a username.'),
    default_priority: Priority.optional().describe(
      'Priority of what is about no incident: 1 to 5, or `min`, `low`, `default`, `high`, `max`. Incidents have the one of their severity.',
    ),
    default_tags: Tags.optional().describe('Added to the tags of the severity.'),
    server: destination(Server).optional().describe('The same as `server_url`.'),
    topic: Topic.optional().describe('The same as `default_topic`.'),
    priority: Priority.optional().describe('The same as `default_priority`.'),
  })
  .superRefine((config, context) => {
    const needed = (field: string): void => context.addIssue({ code: 'custom', path: [field], message: 'is needed' });
    if ((config.server_url ?? config.server) === undefined) needed('server_url');
    if ((config.default_topic ?? config.topic) === undefined) needed('default_topic');
  });

export type NtfyConfig = z.infer<typeof NtfyConfig>;

/** Without a slash at its end. */
export const serverOf = ({ server_url, server }: NtfyConfig): string => new URL(server_url ?? server ?? '').origin;
export const topicOf = ({ default_topic, topic }: NtfyConfig): string => default_topic ?? topic ?? '';
export const tagsOf = ({ default_tags = [] }: NtfyConfig): readonly string[] => default_tags.filter((tag) => tag !== '');

/** 1 to 5; null where none is set. */
export function priorityOf({ default_priority, priority }: NtfyConfig): number | null {
  const given = default_priority ?? priority;
  if (given === undefined) return null;
  return given in priorities ? priorities[given as keyof typeof priorities] : Number(given);
}

/** docs.ntfy.sh/publish, "Authentication". */
export function authorizationOf({ access_token, username, password }: NtfyConfig): Record<string, string> {
  if (access_token) return { authorization: `Bearer ${access_token}` };
  if (username) return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
  return {};
}
