import { allScopes } from './scopes.ts';

export interface ManifestOptions {
  /** Where Slack reaches us, with the base path: `https://imas.example.com`. */
  readonly baseUrl: string;
  /** Our own socket to Slack in the place of addresses that Slack calls. */
  readonly socketMode: boolean;
}

/** What happens at Slack that we want to hear of, each with the scope that it needs: docs.slack.dev/reference/events. */
export const botEvents = {
  app_mention: 'app_mentions:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  reaction_added: 'reactions:read',
  reaction_removed: 'reactions:read',
} as const;

/**
 * The whole app, for "From a manifest" at api.slack.com/apps, as JSON or YAML: docs.slack.dev/reference/app-manifest, checked by the schema
 * of github.com/slackapi/manifest-schema. Whoever turns Socket Mode on makes the app-level token by hand.
 */
export function slackManifest({ baseUrl, socketMode }: ManifestOptions) {
  const address = (path: string) => `${baseUrl.replace(/\/$/, '')}/api/v1/slack/${path}/`;
  const at = <const Key extends string>(key: Key, path: string) => (socketMode ? {} : { [key]: address(path) });
  return {
    display_information: {
      name: 'IMAS',
      description: 'Incidents: notifications, war rooms and commands',
      background_color: '#1c4ed8',
    },
    features: {
      // Direct messages are read there: without it Slack answers `messages_tab_disabled`.
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'imas', always_online: true },
      slash_commands: [
        {
          command: '/imas',
          ...at('url', 'commands'),
          description: 'Incidents and who is on call',
          usage_hint: 'help | incident list | incident create | incident ack <id> | incident resolve <id> | oncall',
          should_escape: false,
        },
      ],
    },
    oauth_config: { scopes: { bot: allScopes } },
    settings: {
      event_subscriptions: { ...at('request_url', 'events'), bot_events: Object.keys(botEvents) },
      interactivity: { is_enabled: true, ...at('request_url', 'interactive') },
      org_deploy_enabled: false,
      socket_mode_enabled: socketMode,
      token_rotation_enabled: false,
    },
  };
}
