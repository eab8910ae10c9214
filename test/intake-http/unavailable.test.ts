import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { IntakeUnavailable, type Intake } from '../../src/intake/intake.ts';
import { payloadBytes } from '../sources/payloads.ts';
import { startReceiver, type Receiver } from './receiver.ts';

const body = payloadBytes('alertmanager-firing');
let receiver: Receiver | undefined;
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

const intake = (submit: Intake['submit']): Intake => ({ submit, close: () => Promise.resolve() });

test('an intake that is unavailable is 503 with Retry-After, which every sender tries again', async () => {
  receiver = await startReceiver({ intake: intake(() => Promise.reject(new IntakeUnavailable('Postgres is away.', 3))) });
  const answer = await receiver.post('alertmanager', body);
  expect(answer).toMatchObject({ status: 503, body: { status: 503, detail: 'Postgres is away.' } });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.headers.get('retry-after')).toBe('3');
});

test('so is anything else that fails in it, and its words stay here', async () => {
  receiver = await startReceiver({ intake: intake(() => Promise.reject(new Error('secret detail'))) });
  const answer = await receiver.post('alertmanager', body);
  expect(answer.status).toBe(503);
  expect(JSON.stringify(answer.body)).not.toContain('secret detail');
});

test('one that never answers is given up within a second', async () => {
  receiver = await startReceiver({ intake: intake(() => new Promise(() => undefined)) });
  const answer = await receiver.post('alertmanager', body);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  expect(answer.tookMs).toBeLessThan(5_000);
});

/** Postgres behind a wire that can be cut, or go silent as a dead machine does. */
class Wire {
  state: 'whole' | 'cut' | 'silent' = 'whole';
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  async to(target: URL): Promise<URL> {
    const port = Number(target.port);
    this.server = createServer((inner) => {
      this.sockets.add(inner);
      inner.on('error', () => undefined);
      if (this.state === 'cut') return void inner.destroy();
      const outer = connect(port, target.hostname);
      this.sockets.add(outer);
      outer.on('error', () => undefined);
      inner.on('data', (data) => this.state === 'whole' && outer.write(data));
      outer.on('data', (data) => this.state === 'whole' && inner.write(data));
      inner.on('close', () => outer.destroy());
      outer.on('close', () => inner.destroy());
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url;
  }

  set(state: Wire['state']): void {
    // What was sent into the silence is lost, so those connections are too.
    const broken = state === 'cut' || this.state === 'silent';
    this.state = state;
    if (broken) for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.set('cut');
    this.server?.close();
  }
}

describe.each(['cut', 'silent'] as const)('while Postgres is %s', (outage) => {
  async function start(state: Wire['state'] = 'whole'): Promise<[Receiver, Wire]> {
    const wire = new Wire();
    wire.set(state);
    receiver = await startReceiver({ through: (url) => wire.to(url) });
    const close = receiver.close;
    receiver = {
      ...receiver,
      async close() {
        wire.close();
        await close();
      },
    };
    return [receiver, wire];
  }

  async function untilAccepted(here: Receiver): Promise<void> {
    await expect
      .poll(async () => (await here.post('alertmanager', body, { authorization: 'Bearer s' })).status, { timeout: 15_000 })
      .toBe(202);
  }

  test('the last known secrets still count, alerts are 503 within a second, and once it is back they are kept', async () => {
    const [here, wire] = await start();
    await here.secure('alertmanager', { secret: 's' });
    expect((await here.post('alertmanager', '{"alerts":[]}', { authorization: 'Bearer s' })).status).toBe(202);
    wire.set(outage);
    for (let n = 0; n < 3; n++) {
      const stranger = await here.post('alertmanager', body);
      const known = await here.post('alertmanager', body, { authorization: 'Bearer s' });
      const garbled = await here.post('alertmanager', '{', { authorization: 'Bearer s' });
      expect([stranger.status, known.status, garbled.status]).toEqual([401, 503, 503]);
      expect(Number(known.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Math.max(stranger.tookMs, known.tookMs, garbled.tookMs)).toBeLessThan(5_000);
    }
    expect(await here.count('alerts')).toBe(0);
    wire.set('whole');
    await untilAccepted(here);
    expect(await here.count('alerts')).toBe(1);
  });

  test('a process that never saw it answers 503, never 4xx', async () => {
    const [here, wire] = await start(outage);
    await here.secure('alertmanager', { secret: 's' });
    for (let n = 0; n < 3; n++) {
      const answer = await here.post('alertmanager', body);
      expect(answer.status).toBe(503);
      expect(answer.tookMs).toBeLessThan(5_000);
    }
    wire.set('whole');
    await untilAccepted(here);
  });
});
