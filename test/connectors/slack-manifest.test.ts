import { expect, it } from 'vitest';
import { z } from 'zod';
import { appManifests } from '../../src/connectors/registry.ts';
import { slackConnector } from '../../src/connectors/slack/connector.ts';
import { botEvents } from '../../src/connectors/slack/manifest.ts';
import { allScopes, features } from '../../src/connectors/slack/scopes.ts';

/**
 * The parts of github.com/slackapi/manifest-schema, schemas/manifest.schema.2.0.0.json, that are used here: names, lengths and patterns as
 * there, and no other names.
 */
const Url = z
  .string()
  .regex(/^https?:\/\//)
  .max(3500);
const Name = (max: number) => z.string().min(1).max(max);
const unique = (names: readonly string[]): boolean => new Set(names).size === names.length;
const Manifest = z.strictObject({
  display_information: z.strictObject({
    name: Name(35),
    description: Name(140),
    background_color: z.string().regex(/^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    // Letters that are allowed: docs.slack.dev/reference/app-manifest.
    bot_user: z.strictObject({ display_name: Name(80).regex(/^[a-z0-9._-]+$/), always_online: z.boolean() }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^\//).min(2).max(32),
          url: Url.max(3000).optional(),
          description: Name(2000),
          usage_hint: Name(1000),
          should_escape: z.boolean(),
        }),
      )
      .min(1)
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(Name(50)).max(255).refine(unique) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ request_url: Url.optional(), bot_events: z.array(Name(50)).max(100).refine(unique) }),
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: Url.optional() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});

it('the manifest is one of Slack’s, and names the addresses of the installation', () => {
  const manifest = Manifest.parse(appManifests.slack({ baseUrl: 'https://imas.example.com/on-call', socketMode: false }));
  expect(manifest.features.slash_commands[0]!.url).toBe('https://imas.example.com/on-call/api/v1/slack/commands/');
  expect(manifest.settings.event_subscriptions.request_url).toBe('https://imas.example.com/on-call/api/v1/slack/events/');
  expect(manifest.settings.interactivity).toEqual({
    is_enabled: true,
    request_url: 'https://imas.example.com/on-call/api/v1/slack/interactive/',
  });
  expect(manifest.settings.socket_mode_enabled).toBe(false);
});

it('with Socket Mode it names no address', () => {
  const manifest = Manifest.parse(appManifests.slack({ baseUrl: 'https://imas.example.com/', socketMode: true }));
  expect(JSON.stringify(manifest)).not.toContain('https://');
  expect(manifest.settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true } });
  expect(manifest.features.slash_commands).toMatchObject([{ command: '/imas' }]);
});

it('a slash at the end of the address does no harm', () => {
  const { settings } = appManifests.slack({ baseUrl: 'https://imas.example.com/', socketMode: false });
  expect(settings.interactivity).toMatchObject({ request_url: 'https://imas.example.com/api/v1/slack/interactive/' });
});

it('its scopes are those of the features and of the events, no more and no fewer', () => {
  const { oauth_config, settings } = appManifests.slack({ baseUrl: 'https://imas.example.com', socketMode: false });
  expect(oauth_config.scopes.bot).toEqual(allScopes);
  expect(settings.event_subscriptions.bot_events).toEqual([
    'app_mention',
    'message.channels',
    'message.groups',
    'reaction_added',
    'reaction_removed',
  ]);
  for (const scope of Object.values(botEvents)) expect(allScopes).toContain(scope);
});

it('the page has every feature with its scopes, and the manifest to paste', () => {
  for (const { does, scopes } of features)
    expect(slackConnector.about).toContain(`| ${does} | ${scopes.map((scope) => `\`${scope}\``).join(' ')} |`);
  const [, json = ''] = /```json\n([^`]*)\n```/.exec(slackConnector.about) ?? [];
  expect(JSON.parse(json)).toEqual(appManifests.slack({ baseUrl: 'https://imas.example.com', socketMode: false }));
});
