import { said, type Said } from '../../domain/said.ts';
import { words } from '../../texts/languages.ts';
import type { Call } from '../call.ts';
import type { OnReceived, Reply } from '../connector.ts';
import { apiOf, type DiscordConfig } from './config.ts';
import { receivedOf, type Act } from './interaction.ts';
import { deferral, responseTo, textOf, type Response } from './reply.ts';
import { openApi } from './rest.ts';

/**
 * What is answered within Discord's three seconds: the reply, or that one follows. What comes later is put in the place of that, for which
 * Discord leaves a quarter of an hour.
 * @param patienceMs how long the reply is waited for
 */
export async function respond(call: Call<DiscordConfig>, interaction: Act, on: OnReceived, patienceMs: number): Promise<Response> {
  const work = on(receivedOf(interaction));
  const first = await within(work, patienceMs);
  if (first !== late) return responseTo(interaction, first);
  // Nobody waits for it any more: what goes wrong now is said to the person, if Discord can be reached at all.
  void work
    .catch((): Reply => ({ kind: 'text', text: spoken(interaction, said('cause.unexpected')), forAll: false }))
    .then((reply) => bring(call, interaction, reply))
    .catch(() => undefined);
  return deferral;
}

const late = Symbol('late');

async function within<T>(work: Promise<T>, ms: number): Promise<T | typeof late> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}

async function bring(call: Call<DiscordConfig>, interaction: Act, reply: Reply | null): Promise<void> {
  const { rest, routes } = await openApi(call, apiOf(call.config), null);
  const original = routes.webhookMessage(interaction.application_id, interaction.token, '@original');
  if (reply === null) {
    await rest.delete(original, { auth: false });
    return;
  }
  // A form can only be the first answer.
  const body = textOf(reply.kind === 'form' ? spoken(interaction, said('cause.discord.tooLateForForm')) : reply.text);
  await rest.patch(original, { auth: false, body });
}

/** In the language that the person has chosen at Discord, where it is one of ours. */
export const spoken = ({ locale }: Act, what: Said): string => words(what, locale?.startsWith('fr') === true ? 'fr' : 'en');
