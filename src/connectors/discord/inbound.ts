import type { Inbound } from '../connector.ts';
import type { DiscordConfig } from './config.ts';
import { isFor, readInteraction, type Interaction } from './interaction.ts';
import type { Patience } from './patience.ts';
import { pong } from './reply.ts';
import { respond } from './respond.ts';
import { isSigned } from './signature.ts';

export const createInbound = ({ replyMs }: Patience): Inbound<DiscordConfig> => ({
  paths: ['interactions'],
  verify({ public_key, ...config }, request) {
    if (public_key === undefined || !isSigned(public_key, request)) return false;
    const interaction = read(request.body);
    return interaction === null || isFor(config, interaction);
  },
  async receive(call, { body }, on) {
    const interaction = read(body);
    if (interaction === null) return { status: 400, body: null };
    return { status: 200, body: interaction.type === 1 ? pong : await respond(call, interaction, on, replyMs) };
  },
});

function read(body: Uint8Array): Interaction | null {
  try {
    return readInteraction(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch {
    return null;
  }
}
