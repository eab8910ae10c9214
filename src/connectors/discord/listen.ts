import { z } from 'zod';
import type { Call } from '../call.ts';
import type { OnReceived, Received } from '../connector.ts';
import { answer } from './answer.ts';
import { registerCommands } from './commands.ts';
import { apiOf, botOf, type Bot, type DiscordConfig } from './config.ts';
import { stayConnected } from './gateway.ts';
import type { Dispatch } from './gateway-connection.ts';
import { inOrder } from './in-order.ts';
import { intentsFor } from './intents.ts';
import type { Patience } from './patience.ts';
import { openApi, type Api } from './rest.ts';
import { createRoomBook } from './room-book.ts';
import { fromRooms } from './room-events.ts';
import { ApplicationShape, GatewayShape } from './shapes.ts';
import { untilAnswered } from './until-answered.ts';

type DiscordCall = Call<DiscordConfig>;

/**
 * Over the Gateway: what people do in war rooms, and presses and commands where no URL for them is set at Discord.
 * @throws ListeningEnded when Discord refuses for good
 */
export async function listen(call: DiscordCall, on: OnReceived, patience: Patience): Promise<void> {
  const bot = botOf(call.config);
  if (bot === null) return untilAborted(call.signal);
  const api = await openApi(call, apiOf(call.config), bot.token);
  const { rest, routes } = api;
  const application = await untilAnswered(call, patience, async () => ApplicationShape.parse(await rest.get(routes.currentApplication())));
  if (application === null) return;
  const { application_id = application.id } = call.config;
  // Where the scope for commands is missing, all else works, and the check says what is missing.
  await untilAnswered(call, patience, async () => registerCommands({ ...call, config: { ...call.config, application_id } }));
  await stayConnected({
    door: call.door,
    token: bot.token,
    intents: intentsFor(application.flags),
    signal: call.signal,
    patience,
    enter: () => untilAnswered(call, patience, async () => GatewayShape.parse(await rest.get(routes.gatewayBot()))),
    onDispatch: taker(call, api, bot, on, patience),
  });
}

const Ready = z.object({ user: z.object({ id: z.string() }) });

/** Presses and commands at once, each by itself; what is done in rooms in its order. */
function taker(call: DiscordCall, api: Api, bot: Bot, on: OnReceived, patience: Patience): (dispatch: Dispatch) => void {
  const book = createRoomBook(bot.guildId, bot.categoryId);
  const rooms = inOrder<Received>(on, call.signal, patience.pauseMs);
  let ownId: string | null = null;
  return (dispatch) => {
    const { name, data } = dispatch;
    if (name === 'READY') ownId = Ready.parse(data).user.id;
    if (name === 'INTERACTION_CREATE') void answer(call, api, data, on, patience);
    book.note(name, data);
    for (const received of fromRooms(dispatch, bot.guildId, ownId, book))
      if (!rooms.add(received)) throw new Error('Too much that people wrote in war rooms waits to be taken.');
  };
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
