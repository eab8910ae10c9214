import { describe, expect, test } from 'vitest';
import { alertmanagerConnector } from '../../src/connectors/alertmanager/connector.ts';
import { genericConnector } from '../../src/connectors/generic/connector.ts';
import { readJson } from '../../src/intake/read-json.ts';
import { readAt } from './payloads.ts';

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
const manyKeys = Object.fromEntries(Array.from({ length: 5_001 }, (_, n) => [`key ${n}`, n]));

/** As JSON text, since some of it cannot be had as a value. */
const odd: readonly (readonly [what: string, member: string])[] = [
  ['too deep', `"x": ${JSON.stringify(nested(40))}`],
  ['far too deep', `"x": ${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ['too many keys', `"x": ${JSON.stringify(manyKeys)}`],
  ['a key that is too long', `"${'k'.repeat(2_000)}": 1`],
  ['too many values', `"x": [${'1,'.repeat(200_000)}1]`],
  ['a number that is not finite', '"x": 1e999'],
  ['a word for a number', '"x": NaN'],
  ['a label of a million characters', `"labels": {"a": "${'x'.repeat(1_000_000)}"}`],
  ['1,000 labels', `"labels": {${Array.from({ length: 1_000 }, (_, n) => `"l${n}": "x"`).join()}}`],
  ['labels that are a text', '"labels": "a"'],
  ['a time that is none', '"startsAt": "soon"'],
];

const sound = (fingerprint: string): string =>
  `{"status": "firing", "title": "${fingerprint}", "fingerprint": "${fingerprint}", "labels": {"a": "b"}}`;

function read(text: string): unknown {
  const json = readJson(Buffer.from(text));
  if (!json.ok) throw new Error(json.reason);
  return json.value;
}

const taken = (connector: Parameters<typeof readAt>[0], body: unknown): string[] => {
  const result = readAt(connector, body);
  return (result.ok ? result.alerts : (result.understood ?? [])).map(({ fingerprint }) => fingerprint);
};

describe.each(odd)('an alert with %s costs its neighbours nothing', (_what, member) => {
  const list = `[${sound('first')}, {"status": "firing", "title": "odd", "fingerprint": "odd", ${member}}, ${sound('last')}]`;
  test('of Alertmanager', () => {
    const body = read(`{"status": "firing", "alerts": ${list}}`);
    expect(taken(alertmanagerConnector, body).filter((one) => one !== 'odd')).toEqual(['first', 'last']);
  });
  test('of anything else', () => {
    expect(taken(genericConnector, read(list)).filter((one) => one !== 'odd')).toEqual(['first', 'last']);
    expect(taken(genericConnector, read(`{"alerts": ${list}}`)).filter((one) => one !== 'odd')).toEqual(['first', 'last']);
  });
});

test('nor does what lies beside the alerts', () => {
  expect(
    taken(alertmanagerConnector, read(`{"groupLabels": ${JSON.stringify(nested(40))}, "status": 7, "alerts": [${sound('one')}]}`)),
  ).toEqual(['one']);
});

test('half a character becomes U+FFFD, in texts and in names', () => {
  const result = readAt(
    genericConnector,
    read('[{"title": "good"}, {"title": "cut \\ud83d", "labels": {"a\\udc00": "b\\u0000"}, "note": "\\ud83d"}]'),
  );
  expect(result).toMatchObject({
    ok: true,
    alerts: [{ name: 'good' }, { name: 'cut \ufffd', labels: { 'a\ufffd': 'b\ufffd' }, raw: { note: '\ufffd' } }],
  });
});

test('of more alerts than one body may hold the first are taken, and the answer says what to set', () => {
  const alerts = Array.from({ length: 20_001 }, (_, n) => ({ title: `alert ${n}` }));
  const result = readAt(genericConnector, alerts);
  expect(result).toMatchObject({ ok: false, problem: { field: 'body', reason: expect.stringContaining('max_alerts') } });
  expect(taken(genericConnector, alerts)).toHaveLength(20_000);
});
