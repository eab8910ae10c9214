import type {
  Directory,
  DirectoryProvider,
  DirectorySchedule,
  DirectoryTeam,
  DirectoryUser,
} from '../../../src/domain/routing/directory.ts';

export const aPerson = (id: string, more: Partial<DirectoryUser> = {}): DirectoryUser => ({
  id,
  name: id,
  email: `${id}@example.com`,
  phone: null,
  isActive: true,
  isStaff: false,
  timeZone: 'UTC',
  tellWhenTaken: true,
  contactMethods: [],
  devices: [],
  ...more,
});

export const aTeam = (id: string, more: Partial<DirectoryTeam> = {}): DirectoryTeam => ({
  id,
  name: id,
  memberIds: [],
  contactMethods: [],
  slackChannelId: null,
  currentOnCall: null,
  ...more,
});

/** Its name is its id too. */
export const aProvider = (
  name: string,
  type: string,
  medium: DirectoryProvider['medium'],
  more: Partial<DirectoryProvider> = {},
): DirectoryProvider => ({
  id: name,
  name,
  type,
  title: type,
  medium,
  isActive: true,
  severities: [],
  events: [],
  toDevices: false,
  hasDestination: false,
  ...more,
});

export const aDirectory = ({
  users = [],
  teams = [],
  schedules = [],
  providers = [],
}: {
  readonly users?: readonly DirectoryUser[];
  readonly teams?: readonly DirectoryTeam[];
  readonly schedules?: readonly (DirectorySchedule & { readonly id: string })[];
  readonly providers?: readonly DirectoryProvider[];
}): Directory => ({
  users: new Map(users.map((user) => [user.id, user])),
  teams: new Map(teams.map((team) => [team.id, team])),
  schedules: new Map(schedules.map((schedule) => [schedule.id, schedule])),
  providers: new Map(providers.map((provider) => [provider.id, provider])),
});
