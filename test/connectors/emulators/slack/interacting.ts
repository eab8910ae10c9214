import { readModal } from './block-kit.ts';
import type { People } from './people.ts';
import type { Member } from './workspace.ts';
import { showText, type World } from './world.ts';

/** What people do with the app: docs.slack.dev/reference/interaction-payloads, docs.slack.dev/interactivity/implementing-slash-commands. */
export function createInteracting({ app, tell, responseUrl, complaints }: World): Pick<People, 'command' | 'press' | 'submit'> {
  const { workspace } = app;
  const trigger = (who: Member): string => {
    const id = `${workspace.id('')}.${workspace.id('')}.abcdef`;
    app.triggers.set(id, { user: who.id, madeAtMs: Date.now(), isUsed: false });
    return id;
  };

  return {
    async command(who, channel, text) {
      const payload = {
        token: 'unused',
        team_id: workspace.teamId,
        team_domain: 'acme',
        channel_id: channel.id,
        channel_name: channel.name,
        user_id: who.id,
        user_name: who.name,
        command: '/imas',
        text,
        api_app_id: 'A0APP',
        is_enterprise_install: 'false',
        response_url: responseUrl(who, channel),
        trigger_id: trigger(who),
      };
      const heard = await tell({ type: 'slash_commands', payload, acceptsBody: true }, 0);
      if (heard?.status !== 200)
        return void complaints.push(`/imas failed with the error "${heard === null ? 'operation_timeout' : 'dispatch_failed'}"`);
      if (heard.body !== null) showText(app, who, channel, heard.body);
    },

    async press(who, channel, message, actionId) {
      const elements = (message.blocks as readonly { readonly elements?: readonly Record<string, unknown>[] }[]).flatMap(
        (block) => block.elements ?? [],
      );
      const button = elements.find((element) => element['action_id'] === actionId);
      if (button === undefined) throw new Error(`there is no button ${actionId}`);
      const payload = {
        type: 'block_actions',
        user: { id: who.id, username: who.name, name: who.name, team_id: workspace.teamId },
        api_app_id: 'A0APP',
        token: 'unused',
        container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: false },
        trigger_id: trigger(who),
        team: { id: workspace.teamId, domain: 'acme' },
        channel: { id: channel.id, name: channel.name },
        response_url: responseUrl(who, channel),
        actions: [{ ...button, block_id: 'Zx9', action_ts: workspace.ts() }],
      };
      const heard = await tell({ type: 'interactive', payload, acceptsBody: false }, 0);
      if (heard?.status !== 200) complaints.push(`a warning sign beside ${actionId}`);
    },

    async submit(who, values) {
      const screen = workspace.screen(who.id);
      const { modal } = screen;
      if (modal === null) throw new Error('there is no modal');
      const blocks = modal['blocks'] as readonly {
        readonly type: string;
        readonly block_id: string;
        readonly optional?: boolean;
        readonly element: { readonly type: string; readonly action_id: string };
      }[];
      const state = Object.fromEntries(
        blocks.map(({ block_id, element, optional }) => {
          const value = values[block_id] ?? null;
          if (value === null && optional !== true) throw new Error(`${block_id} is required`);
          const entered =
            element.type === 'static_select'
              ? { selected_option: value === null ? null : { text: { type: 'plain_text', text: value }, value } }
              : { value };
          return [block_id, { [element.action_id]: { type: element.type, ...entered } }];
        }),
      );
      const payload = {
        type: 'view_submission',
        team: { id: workspace.teamId, domain: 'acme' },
        user: { id: who.id, username: who.name, name: who.name, team_id: workspace.teamId },
        api_app_id: 'A0APP',
        token: 'unused',
        trigger_id: trigger(who),
        view: { ...modal, hash: '1.a', state: { values: state } },
        response_urls: [],
      };
      const heard = await tell({ type: 'interactive', payload, acceptsBody: true }, 0);
      if (heard?.status !== 200) return void complaints.push('We had some trouble connecting. Try again?');
      const { response_action, view } = (heard.body ?? {}) as { response_action?: string; view?: unknown };
      screen.modal = response_action === 'update' ? { ...readModal(view), id: modal['id'] } : null;
    },
  };
}
