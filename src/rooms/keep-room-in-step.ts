import type { Logger } from 'pino';
import { attempt } from '../connections/attempt.ts';
import { openProvider, type ProviderDeps } from '../connections/provider.ts';
import { createCall, type Call } from '../connectors/call.ts';
import type { Connector, Rooms } from '../connectors/connector.ts';
import type { Notification } from '../connectors/notification.ts';
import type { Failure, Outcome } from '../connectors/outcome.ts';
import { shownBy } from '../delivery/shown.ts';
import { said } from '../domain/said.ts';
import type { Egress } from '../egress/egress.ts';
import { readDirectory } from '../people/directory.ts';
import { keepStep, readRoom, type KeptRoom } from './kept-room.ts';
import { lookKey, roomLook } from './look.ts';
import { readMembers } from './members.ts';

export interface RoomDeps extends ProviderDeps {
  readonly egress: Egress;
  readonly log: Logger;
}

export interface RoomNow {
  readonly incidentId: string;
  readonly isPrivate: boolean;
  /** What its welcome says now. */
  readonly about: Notification;
  readonly signal: AbortSignal;
}

/** What did not work: `lacking` until a person changes something, `passing` is worth another attempt. */
export interface RoomTroubles {
  readonly lacking: readonly Failure[];
  readonly passing: readonly Failure[];
  /** Names of those whom the vendor does not know. */
  readonly uninvited: readonly string[];
}

const noTroubles: RoomTroubles = { lacking: [], passing: [], uninvited: [] };

/**
 * Brings an incident's room to what the incident is now: topic and links, the pinned welcome, who is in it. Each step fails by itself, so
 * that a right that is missing costs one feature, and can be done again at any time.
 */
export async function keepRoomInStep(deps: RoomDeps, now: RoomNow): Promise<RoomTroubles> {
  const { pool } = deps.database;
  const room = await readRoom(pool, now.incidentId);
  if (room === null || room.isClosed) return noTroubles;
  const opened = await openProvider(deps, room.providerId);
  if (!opened.ok) return { ...noTroubles, lacking: [opened] };
  const { connector, config } = opened.value;
  if (connector.rooms === undefined) return noTroubles;
  const steps = new RoomSteps(deps, { room, connector, rooms: connector.rooms, config, now });
  // The welcome comes before the invitations: whoever arrives finds it.
  const results = [await steps.describe(), await steps.welcome(), await steps.invite()].filter((failure) => failure !== null);
  return {
    lacking: results.filter(({ permanent }) => permanent),
    passing: results.filter(({ permanent }) => !permanent),
    uninvited: steps.uninvited,
  };
}

interface At {
  readonly room: KeptRoom;
  readonly connector: Connector;
  readonly rooms: Rooms<unknown>;
  readonly config: unknown;
  readonly now: RoomNow;
}

class RoomSteps {
  private readonly deps: RoomDeps;
  private readonly at: At;
  uninvited: readonly string[] = [];

  constructor(deps: RoomDeps, at: At) {
    this.deps = deps;
    this.at = at;
  }

  async describe(): Promise<Failure | null> {
    const { room, now } = this.at;
    const look = { ...roomLook(now.about.incident, now), name: room.name };
    const key = lookKey(look);
    if (room.shown === key) return null;
    return this.step('look', async (call) => {
      const result = await this.at.rooms.describe(call, room.ref, look);
      if (result.ok) await keepStep(this.pool, room.incidentId, { shown: key });
      return result;
    });
  }

  async welcome(): Promise<Failure | null> {
    const { room, rooms, connector, now } = this.at;
    const shown = shownBy(now.about);
    let sent = room.welcome;
    if (sent === null) {
      const failure = await this.step('welcome', async (call) => {
        const result = await rooms.post(call, room.ref, now.about);
        if (result.ok) {
          sent = result.value;
          await keepStep(this.pool, room.incidentId, { welcome: sent, welcomeShown: shown });
        }
        return result;
      });
      if (failure !== null) return failure;
    } else if (room.welcomeShown !== shown && connector.notify?.update !== undefined) {
      const { update } = connector.notify;
      const known = sent;
      const failure = await this.step('welcome', async (call) => {
        const result = await update(call, known, now.about);
        if (result.ok || result.permanent) await keepStep(this.pool, room.incidentId, { welcomeShown: shown });
        return result;
      });
      if (failure !== null) return failure;
    }
    if (room.isPinned || sent === null) return null;
    const message = sent;
    return this.step('pin', async (call) => {
      const result = await rooms.pin(call, room.ref, message);
      if (result.ok) await keepStep(this.pool, room.incidentId, { isPinned: true });
      return result;
    });
  }

  /** Those whom the vendor does not know are not asked for again: somebody else has to invite them. */
  async invite(): Promise<Failure | null> {
    const { room, rooms } = this.at;
    const directory = await readDirectory({ pool: this.pool, ...this.deps });
    const { incidentId, providerId } = room;
    const wanted = await readMembers(this.pool, directory, { incidentId, providerId, atMs: Date.now() });
    const missing = wanted.filter(({ userId }) => !room.invited.includes(userId));
    if (missing.length === 0) return null;
    return this.step('invite', async (call) => {
      const result = await rooms.invite(call, room.ref, missing);
      if (result.ok) {
        this.uninvited = result.value.map((member) => member.name);
        await keepStep(this.pool, incidentId, { invited: [...room.invited, ...missing.map(({ userId }) => userId)] });
      }
      return result;
    });
  }

  private get pool() {
    return this.deps.database.pool;
  }

  private async step(
    name: 'look' | 'welcome' | 'pin' | 'invite',
    act: (call: Call<unknown>) => Promise<Outcome<unknown>>,
  ): Promise<Failure | null> {
    const { connector, config, room, now } = this.at;
    const { egress: door, log } = this.deps;
    const signal = AbortSignal.any([now.signal, AbortSignal.timeout(stepTimeoutMs)]);
    // Whether an earlier attempt did it, nobody knows: the vendor is asked where it can be.
    const call = createCall(connector, { config, door, actId: `${room.incidentId}/room/${room.ref.id}/${name}`, maybeDone: true, signal });
    const result = await attempt(call, log.child({ incidentId: room.incidentId, step: name }), () => act(call));
    return result.ok ? null : { ...result, reason: said(`cause.room.${name}`, { reason: result.reason }) };
  }
}

const stepTimeoutMs = 20_000;
