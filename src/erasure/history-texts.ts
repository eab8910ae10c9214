import type { Replacer } from './replacer.ts';

/** What a payload of JSON says of itself: https://github.com/temporalio/api/blob/master/temporal/api/common/v1/message.proto */
interface Payload {
  readonly metadata: { readonly encoding?: unknown };
  readonly data: string;
}

/** Members of a history that hold a text of ours or of a failure; the others are Temporal's own words. */
const texts = new Set(['message', 'stackTrace', 'reason', 'identity', 'cause']);

/** A history's JSON without a person. What its payloads say is replaced alike wherever it is said, so that a replay decides the same. */
export function replaceInHistory(json: string, replacer: Replacer): string {
  const history: unknown = JSON.parse(json);
  const replaced = replaceIn(history, '', replacer);
  return replaced === history ? json : JSON.stringify(replaced);
}

function replaceIn(value: unknown, key: string, replacer: Replacer): unknown {
  if (typeof value === 'string') return texts.has(key) ? replacer.text(value, 'message') : replacer.text(value, 'id');
  if (typeof value !== 'object' || value === null) return value;
  if (isPayload(value)) return replacePayload(value, replacer);
  if (Array.isArray(value)) {
    const items = value.map((item) => replaceIn(item, key, replacer));
    return items.some((item, n) => item !== value[n]) ? items : value;
  }
  const entries = Object.entries(value).map(([name, member]) => [name, replaceIn(member, name, replacer)] as const);
  return Object.entries(value).some(([, member], n) => entries[n]?.[1] !== member) ? Object.fromEntries(entries) : value;
}

const isPayload = (value: object): value is Payload =>
  'data' in value && typeof value.data === 'string' && 'metadata' in value && typeof value.metadata === 'object' && value.metadata !== null;

function replacePayload(payload: Payload, replacer: Replacer): unknown {
  const encoding = Buffer.from(String(payload.metadata.encoding), 'base64').toString('utf8');
  if (!encoding.startsWith('json/')) return payload;
  const said: unknown = JSON.parse(Buffer.from(payload.data, 'base64').toString('utf8'));
  // A payload that is one text is a summary or a current detail: a sentence of ours.
  const replaced = replacer.json(said, 'message');
  return replaced === said ? payload : { ...payload, data: Buffer.from(JSON.stringify(replaced)).toString('base64') };
}
