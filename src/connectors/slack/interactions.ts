import { z } from 'zod';
import { isLinkButton } from './block-kit.ts';
import { readCarried } from './form.ts';
import type { Told } from './told.ts';

/** docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling */
const Command = z.object({
  user_id: z.string(),
  user_name: z.string().optional(),
  channel_id: z.string().optional(),
  text: z.string().default(''),
  trigger_id: z.string().min(1),
  response_url: z.url(),
});

/** `/imas …`. Null for what is none: Slack also asks whether the certificate is good (`ssl_check`). */
export function readCommand(fields: unknown): Told | null {
  const { data } = Command.safeParse(fields);
  if (data === undefined) return null;
  const { user_id, user_name = null, channel_id = null, text, trigger_id, response_url } = data;
  return {
    received: {
      id: trigger_id,
      accountName: user_name,
      accountId: user_id,
      room: channel_id,
      what: { kind: 'command', text: text.trim() },
    },
    way: { kind: 'command', trigger: trigger_id, responseUrl: response_url },
  };
}

const User = z.object({ id: z.string(), name: z.string().optional(), username: z.string().optional() });

/** docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const Pressed = z.object({
  type: z.literal('block_actions'),
  user: User,
  trigger_id: z.string().min(1),
  response_url: z.url().optional(),
  channel: z.object({ id: z.string() }).optional(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).min(1),
});

/** docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
const Submitted = z.object({
  type: z.literal('view_submission'),
  user: User,
  trigger_id: z.string().min(1),
  view: z.object({
    callback_id: z.string(),
    private_metadata: z.string().default(''),
    state: z.object({
      values: z.record(
        z.string(),
        z.record(z.string(), z.object({ value: z.string().nullish(), selected_option: z.object({ value: z.string() }).nullish() })),
      ),
    }),
  }),
});

const nameOf = ({ name, username }: z.infer<typeof User>): string | null => name ?? username ?? null;

/** A press or a form. Null for what needs no more than an answer: a link that somebody followed, a form that was closed. */
export function readInteraction(payload: unknown): Told | null {
  return pressed(Pressed.safeParse(payload).data) ?? submitted(Submitted.safeParse(payload).data);
}

function pressed(data: z.infer<typeof Pressed> | undefined): Told | null {
  const action = data?.actions[0];
  if (data === undefined || action === undefined || isLinkButton(action.action_id)) return null;
  const { user, trigger_id, response_url = null, channel } = data;
  const what = { kind: 'press', button: action.action_id, value: action.value ?? '' } as const;
  return {
    received: { id: trigger_id, accountName: nameOf(user), accountId: user.id, room: channel?.id ?? null, what },
    way: { kind: 'press', trigger: trigger_id, responseUrl: response_url },
  };
}

function submitted(data: z.infer<typeof Submitted> | undefined): Told | null {
  if (data === undefined) return null;
  const { user, trigger_id, view } = data;
  const values = Object.entries(view.state.values).map(([field, elements]) => {
    const [element] = Object.values(elements);
    return [field, element?.selected_option?.value ?? element?.value ?? ''] as const;
  });
  return {
    received: {
      id: trigger_id,
      accountName: nameOf(user),
      accountId: user.id,
      room: null,
      what: { kind: 'form', form: view.callback_id, values: Object.fromEntries(values) },
    },
    way: { kind: 'form', account: user.id, responseUrl: readCarried(view.private_metadata) },
  };
}
