import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { authenticate } from '../../src/api/auth/authenticate.ts';
import { createChangeFeed, type ChangeFeed } from '../../src/api/change-feed.ts';
import { mostStreamsPerUser } from '../../src/api/open-streams.ts';
import { createRouter } from '../../src/api/router.ts';
import { createEventRoutes } from '../../src/api/routes/events.ts';
import { password, startApi, type Api } from '../api/harness.ts';
import pino from 'pino';

/** Reads a stream of server-sent events, frame by frame. */
class EventStream {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly stop: AbortController;
  private text = '';

  constructor(response: Response, stop: AbortController) {
    this.reader = (response.body as ReadableStream<Uint8Array>).getReader();
    this.stop = stop;
  }

  /** The next event, past what is no event. */
  async next(): Promise<{ id: string; type: string; data: Record<string, unknown> }> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const frame = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        const fields = Object.fromEntries(
          frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
        );
        if (fields['event'] !== undefined)
          return { id: fields['id'] ?? '', type: fields['event'], data: JSON.parse(fields['data'] ?? '{}') as Record<string, unknown> };
        continue;
      }
      const { value, done } = await this.reader.read();
      if (done) throw new Error('the stream ended');
      this.text += new TextDecoder().decode(value);
    }
  }

  /** All that is left of it. */
  async rest(): Promise<string> {
    for (;;) {
      const { value, done } = await this.reader.read();
      if (done) return this.text;
      this.text += new TextDecoder().decode(value);
    }
  }

  close(): void {
    this.stop.abort();
    this.reader.cancel().catch(() => undefined);
  }
}

describe('the event stream', () => {
  let api: Api;
  let token: string;
  const open: EventStream[] = [];

  beforeEach(async () => {
    api = await startApi();
    const answer = await api.request('POST', '/api/auth/token/', {
      as: 'nobody',
      json: { username: 'ann', password: 'correct horse battery staple' },
    });
    token = answer.body.token;
  });
  afterEach(async () => {
    for (const stream of open.splice(0)) stream.close();
    await api.close();
  });

  async function connect(lastEventId?: string): Promise<{ stream: EventStream; response: Response }> {
    const stop = new AbortController();
    const headers = { authorization: `Token ${token}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
    const response = await api.app.request('/api/v1/events/', { headers, signal: stop.signal });
    const stream = new EventStream(response, stop);
    open.push(stream);
    return { stream, response };
  }

  const change = (sequence: number, incident: string = randomUUID()): Promise<unknown> =>
    api.database.pool.query('select pg_notify($1, $2)', ['imas_changes', JSON.stringify({ incident, short_id: 'INC-AAAAAA', sequence })]);

  test('is for those who are signed in', async () => {
    expect((await api.request('GET', '/api/v1/events/', { as: 'nobody' })).status).toBe(401);
  });

  test('tells of a change within 300 ms of its commit, in words no proxy holds back', async () => {
    const { stream, response } = await connect();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect((await stream.next()).type).toBe('reset');
    const incident = randomUUID();
    const sentAtMs = performance.now();
    await change(7, incident);
    expect(await stream.next()).toMatchObject({ type: 'change', data: { incident, short_id: 'INC-AAAAAA', sequence: 7 } });
    expect(performance.now() - sentAtMs).toBeLessThan(300);
  });

  test('goes on where a stream was cut', async () => {
    const first = await connect();
    await first.stream.next();
    await change(1);
    const { id } = await first.stream.next();
    const witness = await connect();
    first.stream.close();
    const missed = randomUUID();
    await change(2, missed);
    await witness.stream.next();
    const again = await connect(id);
    expect(await again.stream.next()).toMatchObject({ type: 'change', data: { incident: missed } });
  });

  test('says reset to a reader who comes from another process', async () => {
    await (await connect()).stream.next();
    const { stream } = await connect('deadbeef-12');
    expect((await stream.next()).type).toBe('reset');
  });

  test.each([
    ['is deactivated', `update users set is_active = false where username = 'ann'`],
    ['is deleted', `delete from users where username = 'ann'`],
    ['is signed out', `delete from tokens where kind = 'api'`],
    ['has a session that ran out', `update tokens set expires_at = now()`],
  ])('ends within a second when its user %s', async (_what, statement) => {
    await api.database.pool.query(`delete from escalation_policy_versions`);
    const { stream } = await connect();
    await stream.next();
    const changedAtMs = performance.now();
    await api.database.pool.query(statement);
    await stream.rest();
    expect(performance.now() - changedAtMs).toBeLessThan(1_000);
  });

  test('ends the oldest when a user has too many, and asks that one to come back later', async () => {
    const first = await connect();
    await first.stream.next();
    for (let n = 1; n < mostStreamsPerUser; n += 1) await connect();
    const second = open[1] as EventStream;
    await connect();
    expect(await first.stream.rest()).toContain('retry: 60000');
    const incident = randomUUID();
    await change(1, incident);
    expect(await second.next()).toMatchObject({ data: { incident } });
  });

  test('listens again after Postgres has cut it off, and says that something may have been missed', async () => {
    const { stream } = await connect();
    await stream.next();
    const cut = await api.database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'imas-api-events' and datname = current_database()`,
    );
    expect(cut.rowCount).toBe(1);
    expect((await stream.next()).type).toBe('reset');
    await change(3);
    expect(await stream.next()).toMatchObject({ type: 'change', data: { sequence: 3 } });
  });
});

describe('the feed', () => {
  let api: Api;
  let feed: ChangeFeed;
  let sender: Client;
  beforeEach(async () => {
    api = await startApi();
    feed = createChangeFeed({ connectionString: api.database.url }, pino({ level: 'silent' }));
    sender = new Client({ connectionString: api.database.url });
    await sender.connect();
  });
  afterEach(async () => {
    await sender.end();
    await api.close();
  });

  const notify = (count: number, incident?: string): Promise<unknown> =>
    sender.query(
      `select pg_notify('imas_changes', json_build_object('incident', coalesce($2, gen_random_uuid()::text), 'short_id', 'INC-BBBBBB', 'sequence', n)::text) from generate_series(1, $1::int) n`,
      [count, incident ?? null],
    );

  async function untilNumber(number: number): Promise<void> {
    await expect.poll(() => Number(feed.position.split('-')[1])).toBe(number);
  }

  test('keeps one entry for each incident that a slow reader has not taken', async () => {
    const reader = feed.read(null);
    await reader.next(5_000);
    await notify(300, randomUUID());
    await untilNumber(300);
    const events = await reader.next(1_000);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: 'change', change: { sequence: 300 } });
    reader.close();
  });

  test('tells a reader who has fallen far behind to read everything again, and holds no more for it', async () => {
    const reader = feed.read(null);
    await reader.next(5_000);
    await notify(900);
    await untilNumber(900);
    const events = await reader.next(1_000);
    expect(events[0]?.type).toBe('reset');
    expect(events.length).toBeLessThanOrEqual(501);
    reader.close();
  });

  test('forgets a reader that has gone, and wakes it', async () => {
    const reader = feed.read(null);
    await reader.next(5_000);
    const waiting = reader.next(60_000);
    expect(feed.readers).toBe(1);
    reader.close();
    expect(await waiting).toEqual([]);
    expect(feed.readers).toBe(0);
  });

  test('forgets a browser that has gone, though it never said so', async () => {
    const app = createRouter();
    app.use(authenticate(api.deps));
    app.route('/', createEventRoutes(api.deps, feed));
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const signedIn = await api.request('POST', '/api/auth/token/', { as: 'nobody', json: { username: 'ann', password } });
    const request = get({ host: '127.0.0.1', port, path: '/', headers: { authorization: `Token ${signedIn.body.token}` } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(response, 'data');
    expect(feed.readers).toBe(1);
    request.on('error', () => undefined);
    response.socket.destroy();
    await expect.poll(() => feed.readers).toBe(0);
    server.close();
  });

  test('is silent for as long as asked, so that a heartbeat can be sent', async () => {
    const reader = feed.read(null);
    await reader.next(5_000);
    expect(await reader.next(30)).toEqual([]);
    reader.close();
  });
});
