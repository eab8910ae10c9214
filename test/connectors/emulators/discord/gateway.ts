import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { channelOf, userOf } from './shown.ts';
import { known, type World } from './world.ts';

export interface Gateway {
  /** As the API says it. */
  url: string;
  /** Tells all that are connected, and asked for such events; those that come back hear of it later. */
  tell(event: string, data: object): void;
  readonly sessions: readonly SessionState[];
  /** The codes with which it refused. */
  readonly refusals: readonly number[];
  /** How many sockets are open. */
  readonly connected: number;
  /** Milliseconds between heartbeats, said to whoever connects next. */
  heartbeatMs: number;
  /** Whether heartbeats are acknowledged. */
  acknowledges: boolean;
  /** Whether whoever begins a session is told that the token is wrong. */
  refusesToken: boolean;
  /** Sends a payload to all. */
  send(payload: object): void;
  /** Ends all connections; without a code, as when a line is cut. */
  hangUp(code?: number): void;
  /** Forgets all sessions: none can be taken up again. */
  forget(): void;
  close(): Promise<void>;
}

interface SessionState {
  readonly id: string;
  readonly intents: number;
  readonly events: { readonly s: number; readonly t: string; readonly d: unknown }[];
  heartbeats: number;
  resumes: number;
  isClosedFor: number | null;
  socket: WebSocket | null;
}

const Identify = z.strictObject({
  token: z.string(),
  intents: z.int(),
  properties: z.strictObject({ os: z.string(), browser: z.string(), device: z.string() }),
});
const Resume = z.strictObject({ token: z.string(), session_id: z.string(), seq: z.int() });

/** docs.discord.com/developers/events/gateway: which intent events need. Presses and the server's own come with none. */
const needed: Readonly<Record<string, number>> = {
  GUILD_CREATE: 1,
  CHANNEL_CREATE: 1,
  CHANNEL_UPDATE: 1,
  CHANNEL_DELETE: 1,
  THREAD_CREATE: 1,
  MESSAGE_CREATE: 1 << 9,
  MESSAGE_UPDATE: 1 << 9,
  MESSAGE_DELETE: 1 << 9,
  MESSAGE_DELETE_BULK: 1 << 9,
  MESSAGE_REACTION_ADD: 1 << 10,
  MESSAGE_REACTION_REMOVE: 1 << 10,
};
const messageContent = 1 << 15;
const allIntents = (1 << 17) - 1 + (1 << 20) + (1 << 21) + (1 << 24) + (1 << 25);

/** docs.discord.com/developers/resources/application, application flags. */
const mayAsk = (flags: number): number => ((flags & (3 << 14)) === 0 ? 0 : 1 << 1) | ((flags & (3 << 18)) === 0 ? 0 : messageContent);
const privileged = (1 << 1) | (1 << 8) | messageContent;

/** docs.discord.com/developers/events/gateway, with its close codes. */
export async function startGateway(world: World): Promise<Gateway> {
  const sessions: SessionState[] = [];
  const refusals: number[] = [];
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const emit = (session: SessionState, t: string, d: object): void => {
    const intent = needed[t] ?? 0;
    if ((session.intents & intent) !== intent) return;
    const event = { s: session.events.length + 1, t, d: t.startsWith('MESSAGE_') ? readable(d, session.intents) : d };
    session.events.push(event);
    session.socket?.send(JSON.stringify({ op: 0, ...event }));
  };
  const gateway: Gateway = {
    url,
    sessions,
    refusals,
    heartbeatMs: 45_000,
    acknowledges: true,
    refusesToken: false,
    get connected() {
      return server.clients.size;
    },
    tell: (event, data) => sessions.forEach((session) => emit(session, event, data)),
    send: (payload) => server.clients.forEach((socket) => socket.send(JSON.stringify(payload))),
    hangUp: (code) => server.clients.forEach((socket) => (code === undefined ? socket.terminate() : socket.close(code))),
    forget: () => void sessions.splice(0),
    async close() {
      server.clients.forEach((socket) => socket.terminate());
      await new Promise((resolve) => server.close(resolve));
    },
  };
  world.tell = gateway.tell;

  server.on('connection', (socket, request) => {
    let session: SessionState | null = null;
    const refuse = (code: number): void => {
      refusals.push(code);
      socket.close(code);
    };
    const asked = new URL(request.url ?? '', url);
    if (asked.searchParams.get('v') !== '10' || asked.searchParams.get('encoding') !== 'json') return refuse(4012);
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: gateway.heartbeatMs } }));
    socket.on('close', (code) => {
      if (session?.socket === socket) session.socket = null;
      // These end the session; after any other it can be taken up again.
      if (session !== null && (code === 1000 || code === 1001)) session.isClosedFor = code;
    });
    socket.on('message', (bytes) => {
      const text = (bytes as Buffer).toString('utf8');
      if (text.length > 4096) return refuse(4002);
      const { op, d } = JSON.parse(text) as { op: number; d: unknown };
      switch (op) {
        case 1:
          if (session !== null) session.heartbeats += 1;
          return gateway.acknowledges ? socket.send(JSON.stringify({ op: 11 })) : undefined;
        case 2: {
          if (session !== null) return refuse(4005);
          const identify = Identify.safeParse(d).data;
          if (identify === undefined) return refuse(4002);
          if (gateway.refusesToken || identify.token !== world.token) return refuse(4004);
          if ((identify.intents & ~allIntents) !== 0) return refuse(4013);
          if ((identify.intents & privileged & ~mayAsk(world.application.flags)) !== 0) return refuse(4014);
          world.sessionsLeft -= 1;
          session = { id: world.newId(), intents: identify.intents, events: [], heartbeats: 0, resumes: 0, isClosedFor: null, socket };
          sessions.push(session);
          emit(session, 'READY', {
            v: 10,
            user: userOf(world, known.bot),
            guilds: [{ id: world.guild.id, unavailable: true }],
            session_id: session.id,
            resume_gateway_url: `${url}/resume`,
            application: { id: world.application.id, flags: world.application.flags },
          });
          return emit(session, 'GUILD_CREATE', guildOf(world));
        }
        case 6: {
          const resume = Resume.safeParse(d).data;
          if (resume === undefined) return refuse(4002);
          if (resume.token !== world.token) return refuse(4004);
          if (asked.pathname !== '/resume/') return refuse(4000);
          const earlier = sessions.find(({ id, isClosedFor }) => id === resume.session_id && isClosedFor === null);
          if (earlier === undefined) return socket.send(JSON.stringify({ op: 9, d: false }));
          if (resume.seq > earlier.events.length) return refuse(4007);
          session = earlier;
          session.socket = socket;
          session.resumes += 1;
          for (const event of session.events.slice(resume.seq)) socket.send(JSON.stringify({ op: 0, ...event }));
          return emit(session, 'RESUMED', {});
        }
        default:
          return refuse(session === null ? 4003 : 4001);
      }
    });
  });
  return gateway;
}

function guildOf(world: World): object {
  const channels = [...world.channels.values()].filter(({ recipient }) => recipient === null).map((channel) => channelOf(world, channel));
  return { id: world.guild.id, name: world.guild.name, channels, threads: [] };
}

/** Without the intent for it, what people wrote is empty, but for the bot's own. */
function readable(data: object, intents: number): object {
  const { author } = data as { author?: { id: string } };
  if ((intents & messageContent) !== 0 || author === undefined || author.id === known.bot) return data;
  return { ...data, content: '', embeds: [], attachments: [], components: [] };
}
