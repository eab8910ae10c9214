import { MessageEdit, WebhookMessage } from './bodies.ts';
import { add, change, contentOf, messageIn } from './messages.ts';
import { invalidForm, parse, refuse } from './refusal.ts';
import { messageOf } from './shown.ts';
import type { World } from './world.ts';

/** A token in the path that is a webhook's, or an interaction's: both are called so. */
export function webhookOf({ webhooks }: World, id: string, token: string) {
  const webhook = webhooks.get(id) ?? refuse(10015);
  return webhook.token === token ? webhook : refuse(50027);
}

export function showWebhook(world: World, id: string, token: string): object {
  const { channelId, name } = webhookOf(world, id, token);
  return { id, type: 1, name, avatar: null, channel_id: channelId, guild_id: world.guild.id, application_id: null, token };
}

/** Without `wait` the answer is empty; without `with_components` the components are left out. Those of a webhook of nobody's application may not be pressed. */
export function executeWebhook(world: World, id: string, token: string, query: URLSearchParams, json: unknown): object | null {
  const { channelId } = webhookOf(world, id, token);
  const thread = query.get('thread_id');
  if (thread !== null && world.channels.get(thread)?.parentId !== channelId) refuse(10003);
  const body = parse(WebhookMessage, json);
  const components = componentsOf(body.components, query);
  const message = add(world, {
    channelId: thread ?? channelId,
    authorId: id,
    webhookId: id,
    replyTo: null,
    nonce: null,
    ...contentOf({ ...body, components }, true),
    pinged: /@everyone/.test(body.content ?? '') && body.allowed_mentions?.parse?.includes('everyone') !== false ? ['everyone'] : [],
  });
  return query.get('wait') === 'true' ? messageOf(world, message) : null;
}

export function editByWebhook(world: World, id: string, token: string, messageId: string, query: URLSearchParams, json: unknown): object {
  const { channelId } = webhookOf(world, id, token);
  const message = messageIn(world, query.get('thread_id') ?? channelId, messageId);
  if (message.webhookId !== id) refuse(10008);
  const body = parse(MessageEdit, json);
  return change(world, message, { ...body, components: componentsOf(body.components, query) }, true);
}

type Rows = ReturnType<typeof MessageEdit.parse>['components'];

function componentsOf(rows: Rows, query: URLSearchParams): Rows {
  if (query.get('with_components') !== 'true') return [];
  const isPressed = rows?.some(({ components }) => components.some((button) => 'custom_id' in button));
  if (isPressed === true)
    return invalidForm([
      { path: ['components'], code: 'APPLICATION_WEBHOOK_REQUIRED', message: 'Interactive components need a webhook of an application' },
    ]);
  return rows;
}
