import { said } from '../../domain/said.ts';
import { words } from '../../texts/languages.ts';
import type { InboundAnswer, OnReceived, Reply } from '../connector.ts';
import { done, failedForGood, failedForNow, failureOf, type Failure, type Outcome } from '../outcome.ts';
import { limits } from './block-kit.ts';
import { asking, type SlackCall } from './client.ts';
import { viewOf, type Form } from './form.ts';
import { mrkdwn } from './mrkdwn.ts';
import { inTime, late } from './time.ts';
import type { Told, Way } from './told.ts';

/** Slack waits three seconds (docs.slack.dev/apis/events-api#responding, docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response). Milliseconds. */
const patience = 2_000;

/**
 * Tells it on, and answers. Where that takes longer than Slack waits, an event is refused, so that Slack tells it again; whatever somebody
 * did is taken, and what there is to say comes later.
 * @throws what `on` threw in time
 */
export async function answerTo(call: SlackCall, { received, way }: Told, on: OnReceived): Promise<InboundAnswer> {
  const handled = on(received);
  const reply = await inTime(handled, patience);
  if (way.kind === 'none') return { status: reply === late ? 503 : 200, body: null };
  if (reply === late) return { status: 200, body: null, later: later(call, way, handled) };
  if (reply === null) return { status: 200, body: null };
  const body = bodyOf(way, reply);
  if (body !== null) return { status: 200, body };
  // A trigger is good for three seconds: the form is asked for at once.
  return { status: 200, body: null, later: later(call, way, Promise.resolve(reply)) };
}

/** What Slack takes in the answer itself; null for what needs a call of its own. */
function bodyOf(way: Way, reply: Reply): unknown {
  if (way.kind === 'command' && reply.kind === 'text') return textBody(reply);
  if (way.kind === 'form' && reply.kind === 'form') return { response_action: 'update', view: viewOf(reply, way.responseUrl) };
  return null;
}

const textBody = ({ text, forAll }: Extract<Reply, { kind: 'text' }>) => ({
  response_type: forAll ? 'in_channel' : 'ephemeral',
  replace_original: false,
  text: mrkdwn(text, limits.text),
});

/** Never without somebody who hears of its failure. */
function later(call: SlackCall, way: Way, handled: Promise<Reply | null>): Promise<Failure | null> {
  const bringing = handled.then((reply) => (reply === null ? null : bring(call, way, reply)));
  bringing.catch(() => undefined);
  return bringing;
}

async function bring(call: SlackCall, way: Way, reply: Reply): Promise<Failure | null> {
  try {
    const outcome = await (reply.kind === 'form' ? openForm(call, way, reply) : sayText(call, way, reply));
    return outcome.ok ? null : outcome;
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return failure;
  }
}

/** docs.slack.dev/reference/methods/views.open */
async function openForm(call: SlackCall, way: Way, form: Form): Promise<Outcome<null>> {
  if (way.kind === 'command' || way.kind === 'press')
    return asking(call, async (slack) => {
      await slack.views.open({ trigger_id: way.trigger, view: viewOf(form, way.responseUrl) });
      return done(null);
    });
  return sayText(call, way, { kind: 'text', text: words(said('message.useCommand')), forAll: false });
}

async function sayText(call: SlackCall, way: Way, reply: Extract<Reply, { kind: 'text' }>): Promise<Outcome<null>> {
  const text = mrkdwn(reply.text, limits.text);
  if (way.kind === 'mention')
    return asking(call, async (slack) => {
      const { account: user, channel, thread } = way;
      const place = { channel, text, ...(thread !== null && { thread_ts: thread }) };
      await (reply.forAll ? slack.chat.postMessage({ ...place, unfurl_links: false }) : slack.chat.postEphemeral({ ...place, user }));
      return done(null);
    });
  if (way.kind === 'none') return done(null);
  const said = way.responseUrl === null ? null : await respond(call, way.responseUrl, textBody(reply));
  if (said?.ok === true || way.kind !== 'form') return said ?? done(null);
  // The address is good for half an hour; a form may stay open longer.
  return asking(call, async (slack) => {
    await slack.chat.postMessage({ channel: way.account, text });
    return done(null);
  });
}

/** docs.slack.dev/interactivity/handling-user-interaction#message_responses. Slack signed the request that names the address. */
async function respond({ http }: SlackCall, url: string, body: unknown): Promise<Outcome<null>> {
  const answer = await http.fetch({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    cutAnswer: true,
  });
  if (answer.status === 200) return done(null);
  const reason = said('cause.http', { status: answer.status, said: http.shown(answer.body) });
  return answer.status === 429 || answer.status >= 500
    ? failedForNow(reason, { retryAfterMs: answer.retryAfterMs })
    : failedForGood(reason);
}
