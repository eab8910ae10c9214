import type en from '../../texts/en.json';

/** What of the app needs which scopes: `check`, the docs and the app's manifest read this one list. */
export interface Feature {
  readonly id: keyof (typeof en)['cause']['slackLacking'];
  /** For the docs. */
  readonly does: string;
  /** Of the bot token. Which method wants which: docs.slack.dev/reference/methods. */
  readonly scopes: readonly string[];
  /**
   * When it is missed: `always`; `receiving`, once presses and events can reach us at all; `begun`, once one of its scopes is granted and
   * another is not, since nobody asked for it before.
   */
  readonly missed: 'always' | 'receiving' | 'begun';
}

export const features: readonly Feature[] = [
  { id: 'post', does: 'Messages', scopes: ['chat:write'], missed: 'always' },
  { id: 'postPublic', does: 'Messages in public channels that the bot is not in', scopes: ['chat:write.public'], missed: 'always' },
  { id: 'people', does: 'Finding people by email address', scopes: ['users:read', 'users:read.email'], missed: 'always' },
  { id: 'direct', does: 'Direct messages', scopes: ['im:write'], missed: 'always' },
  { id: 'rooms', does: 'War rooms', scopes: ['channels:manage', 'channels:read'], missed: 'always' },
  { id: 'bookmarks', does: 'Links at the top of a war room', scopes: ['bookmarks:read', 'bookmarks:write'], missed: 'always' },
  { id: 'pins', does: 'The pinned message of a war room', scopes: ['pins:write'], missed: 'always' },
  {
    id: 'history',
    does: 'What people write in war rooms; whether an interrupted message arrived',
    scopes: ['channels:history'],
    missed: 'always',
  },
  { id: 'commands', does: '`/imas`', scopes: ['commands'], missed: 'receiving' },
  { id: 'mentions', does: '`@imas …`', scopes: ['app_mentions:read'], missed: 'receiving' },
  { id: 'reactions', does: '📌 on a message', scopes: ['reactions:read'], missed: 'receiving' },
  { id: 'privateRooms', does: 'Private war rooms', scopes: ['groups:write', 'groups:read', 'groups:history'], missed: 'begun' },
  { id: 'joining', does: 'Taking over a war room that somebody else opened', scopes: ['channels:join'], missed: 'begun' },
  { id: 'directHistory', does: 'Whether an interrupted direct message arrived', scopes: ['im:history'], missed: 'begun' },
  { id: 'groups', does: 'User groups that follow who is on call', scopes: ['usergroups:read', 'usergroups:write'], missed: 'begun' },
];

export const allScopes: readonly string[] = [...new Set(features.flatMap(({ scopes }) => scopes))];

/** What does not work with these scopes, and those that it lacks. */
export function lackingFeatures(
  granted: ReadonlySet<string>,
  isReceiving: boolean,
): readonly { readonly feature: Feature; readonly scopes: readonly string[] }[] {
  return features.flatMap((feature) => {
    const scopes = feature.scopes.filter((scope) => !granted.has(scope));
    if (scopes.length === 0) return [];
    const isMissed = feature.missed === 'always' || (feature.missed === 'receiving' ? isReceiving : scopes.length < feature.scopes.length);
    return isMissed ? [{ feature, scopes }] : [];
  });
}
