import { expect, it, onTestFinished } from 'vitest';
import type { OnReceived, Received, Reply } from '../../src/connectors/connector.ts';
import type { Failure } from '../../src/connectors/outcome.ts';
import { slackConnector } from '../../src/connectors/slack/connector.ts';
import { words } from '../../src/texts/languages.ts';
import type { Slack } from './emulators/slack/server.ts';
import { callTo, send, serve } from './slack-app.ts';

/** Waits for it, as long as the test may take. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

interface Listening {
  readonly received: Received[];
  readonly ended: Promise<Failure | void>;
  stop(): void;
}

/** Until the end of the test. */
function listen(
  slack: Slack,
  answer: (received: Received) => Reply | null | Promise<Reply | null> = () => null,
  config: Record<string, unknown> = {},
): Listening {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const received: Received[] = [];
  const on: OnReceived = async (one) => {
    received.push(one);
    return answer(one);
  };
  const call = callTo(slack, { config: { app_token: slack.tokens.app, signing_secret: undefined, ...config }, signal: ending.signal });
  return { received, ended: slackConnector.listen!(call, on), stop: () => ending.abort() };
}

async function workplace(answer?: (received: Received) => Reply | null | Promise<Reply | null>) {
  const slack = await serve();
  const ann = slack.workspace.member('ann');
  const channel = slack.workspace.channel('incidents', { members: [slack.workspace.bot, ann] });
  const listening = listen(slack, answer);
  await until(() => slack.sockets.count() === 1);
  return { slack, ann, channel, people: slack.people, listening, screen: slack.workspace.screen(ann.id) };
}

it('what happens comes over the socket, and is acknowledged', async () => {
  const { slack, ann, channel, people, listening } = await workplace();
  await send(slack, channel.id, {}, { config: { signing_secret: undefined, app_token: slack.tokens.app } });
  await people.say(ann, channel, 'Failing over');
  await people.press(ann, channel, channel.messages[0]!, 'acknowledge');
  expect(listening.received).toMatchObject([
    { id: expect.stringMatching(/^Ev/), accountName: 'Ann Example', what: { kind: 'comment', text: 'Failing over' } },
    { accountName: 'ann', what: { kind: 'press', button: 'acknowledge' } },
  ]);
  expect(people.complaints).toEqual([]);
});

it('an answer goes with the acknowledgement, a form by its own call', async () => {
  const { ann, channel, people, screen } = await workplace((received) =>
    received.what.kind === 'command' && received.what.text === 'create'
      ? { kind: 'form', form: 'f', title: 'Create', fields: [{ name: 'title', label: 'Title', required: true, options: [] }] }
      : { kind: 'text', text: 'ok', forAll: false },
  );
  await people.command(ann, channel, 'list');
  expect(screen.whispers).toMatchObject([{ text: 'ok' }]);
  await people.command(ann, channel, 'create');
  await until(() => screen.modal !== null);
  await people.submit(ann, { title: 'x' });
  await until(() => screen.whispers.length === 2);
  expect(people.complaints).toEqual([]);
});

it('what takes too long is not acknowledged either', async () => {
  let isSlow = true;
  const { slack, people, listening, ann } = await workplace(() => (isSlow ? new Promise<null>(() => undefined) : null));
  await until(() => slack.sockets.count() === 1);
  const happened = people.event({
    type: 'reaction_added',
    user: ann.id,
    reaction: 'pushpin',
    item: { type: 'message', channel: 'C1', ts: '1.1' },
  });
  await until(() => listening.received.length === 1);
  isSlow = false;
  await happened;
  expect(listening.received.length).toBeGreaterThan(1);
  expect(new Set(listening.received.map(({ id }) => id)).size).toBe(1);
});

it('what could not be taken is not acknowledged, and comes again over the next socket', async () => {
  let isAway = true;
  const { slack, people, listening } = await workplace(() => {
    if (isAway) throw new Error('the store is away');
    return null;
  });
  const happened = people.event({
    type: 'reaction_added',
    user: slack.workspace.bot.id,
    reaction: 'pushpin',
    item: { type: 'message', channel: 'C1', ts: '1.1' },
  });
  await until(() => listening.received.length === 1);
  isAway = false;
  slack.sockets.drop();
  await happened;
  expect(slack.sockets.opened()).toBe(2);
  expect(listening.received.map(({ id }) => id)).toEqual([listening.received[0]!.id, listening.received[0]!.id]);
});

it('another socket is opened when Slack asks for it, before the old one is closed', async () => {
  const { slack, ann, channel, people, listening } = await workplace();
  const beganMs = Date.now();
  slack.sockets.refresh();
  await until(() => slack.sockets.opened() === 2);
  // The SDK waits three seconds for the last frame of the old one.
  expect(Date.now() - beganMs).toBeLessThan(2_500);
  await people.say(ann, channel, 'Failing over');
  expect(listening.received).toHaveLength(1);
  expect(people.complaints).toEqual([]);
});

it('another socket is opened when one breaks, and when none is to be had for a while', async () => {
  const { slack, ann, channel, people, listening } = await workplace();
  slack.fail(
    'apps.connections.open',
    { status: 500 },
    { error: 'internal_error' },
    'lost',
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 200, body: '<html>' },
  );
  slack.sockets.drop();
  await until(() => slack.sockets.opened() === 2);
  await people.say(ann, channel, 'Failing over');
  expect(listening.received).toHaveLength(1);
});

it('what the SDK does not understand does no harm', async () => {
  const { slack, ann, channel, people, listening } = await workplace();
  slack.sockets.send({
    envelope_id: 'e1',
    type: 'events_api',
    payload: { type: 'app_rate_limited', team_id: 'T1' },
    accepts_response_payload: false,
  });
  slack.sockets.send({ envelope_id: 'e2', type: 'something_new', payload: null });
  slack.sockets.send('null');
  await people.say(ann, channel, 'Failing over');
  expect(listening.received).toHaveLength(1);
  expect(slack.sockets.opened()).toBe(1);
});

it('it ends with the signal, and leaves no socket', async () => {
  const { slack, listening } = await workplace();
  listening.stop();
  expect(await listening.ended).toBeUndefined();
  await until(() => slack.sockets.count() === 0);
  expect(slack.sockets.opened()).toBe(1);
});

it('it ends with the signal while there is no socket', async () => {
  const slack = await serve();
  slack.fail('apps.connections.open', { status: 429, headers: { 'retry-after': '60' } });
  const listening = listen(slack);
  await until(() => slack.asked.length === 1);
  listening.stop();
  expect(await listening.ended).toBeUndefined();
});

it('it ends where Slack rejects the app-level token, and says what to do', async () => {
  const slack = await serve();
  const failure = await listen(slack, undefined, { app_token: 'xapp-wrong' }).ended;
  expect(failure).toMatchObject({ permanent: true });
  expect(words(failure!.reason)).toBe('Slack rejected the app-level token: “invalid_auth”.');
  expect(words(failure!.cure!)).toContain('connections:write');
});

it('it has nothing to listen with where there is no app-level token', async () => {
  const slack = await serve();
  expect(await listen(slack, undefined, { app_token: undefined }).ended).toBeUndefined();
  expect(slack.asked).toEqual([]);
});
