import { expect, test } from 'vitest';
import { asSaid, said } from '../../src/domain/said.ts';
import { words } from '../../src/texts/languages.ts';

test.each(['{{reason}}', '{{ to }}', '{{- reason}}', '$t(cause.secretsGone)', '$& $1 $$', '{{{reason}}'])(
  'a value is no template: %s',
  (value) => {
    const failed = said('entry.notSent', { to: value, reason: asSaid(`no ${value}`) });
    expect(words(failed)).toBe(`Notification to ${value} failed: no ${value}`);
    expect(words(said('entry.withCure', { said: failed, cure: value }))).toBe(`${words(failed)} ${value}`);
  },
);
