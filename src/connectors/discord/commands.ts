import { said, type SaidCode } from '../../domain/said.ts';
import { words } from '../../texts/languages.ts';
import type { Call } from '../call.ts';
import { done, failedForGood, type Outcome } from '../outcome.ts';
import { apiOf, botOf, type DiscordConfig } from './config.ts';
import { attempt } from './failure.ts';
import { ourCommand } from './interaction.ts';
import { openApi } from './rest.ts';
import { ApplicationShape } from './shapes.ts';

/** docs.discord.com/developers/interactions/application-commands: kinds of options. */
const kind = { subcommand: 1, group: 2, text: 3 } as const;

/** In both languages: Discord shows the one of whoever looks. */
const described = (code: SaidCode) => ({
  description: words(said(code), 'en'),
  description_localizations: { fr: words(said(code), 'fr') },
});

const incidentId = {
  type: kind.text,
  name: 'id',
  ...described('message.slash.id'),
  required: true,
};

/** `/imas help`, `/imas incident list|create|ack|resolve`, `/imas oncall`. */
export const commandDefinitions = [
  {
    type: 1,
    name: ourCommand,
    ...described('message.slash.imas'),
    options: [
      { type: kind.subcommand, name: 'help', ...described('message.slash.help') },
      {
        type: kind.group,
        name: 'incident',
        ...described('message.slash.incident'),
        options: [
          { type: kind.subcommand, name: 'list', ...described('message.slash.list') },
          { type: kind.subcommand, name: 'create', ...described('message.slash.create') },
          { type: kind.subcommand, name: 'ack', ...described('message.slash.ack'), options: [incidentId] },
          { type: kind.subcommand, name: 'resolve', ...described('message.slash.resolve'), options: [incidentId] },
        ],
      },
      { type: kind.subcommand, name: 'oncall', ...described('message.slash.oncall') },
    ],
  },
] as const;

/** Makes the server's commands of the application these and no others; a repeat changes nothing. @returns how many there are */
export async function registerCommands(call: Call<DiscordConfig>): Promise<Outcome<number>> {
  const bot = botOf(call.config);
  if (bot === null) return failedForGood(said('cause.discord.needsBotForCommands'), { cure: said('cure.discord.enterBot') });
  return attempt(call, async () => {
    const { rest, routes } = await openApi(call, apiOf(call.config), bot.token);
    const id = call.config.application_id ?? ApplicationShape.parse(await rest.get(routes.currentApplication())).id;
    await rest.put(routes.applicationGuildCommands(id, bot.guildId), { body: commandDefinitions });
    return done(commandDefinitions.length);
  });
}
