import { said } from '../../domain/said.ts';
import type { Call } from '../call.ts';
import type { OnReceived, Reply } from '../connector.ts';
import type { DiscordConfig } from './config.ts';
import { isFor, readInteraction } from './interaction.ts';
import type { Patience } from './patience.ts';
import { responseTo } from './reply.ts';
import { respond, spoken } from './respond.ts';
import type { Api } from './rest.ts';

/** Answers what came over the Gateway, which takes no answers itself (docs.discord.com/developers/interactions/receiving-and-responding). */
export async function answer(
  call: Call<DiscordConfig>,
  { rest, routes }: Api,
  data: unknown,
  on: OnReceived,
  { replyMs }: Patience,
): Promise<void> {
  const interaction = readInteraction(data);
  if (interaction === null || interaction.type === 1 || !isFor(call.config, interaction)) return;
  const failed: Reply = { kind: 'text', text: spoken(interaction, said('cause.unexpected')), forAll: false };
  const body = await respond(call, interaction, on, replyMs).catch(() => responseTo(interaction, failed));
  // Too late, or answered by another process: there is nobody to tell.
  await rest.post(routes.interactionCallback(interaction.id, interaction.token), { auth: false, body }).catch(() => undefined);
}
