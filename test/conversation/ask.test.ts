import { describe, expect, it } from 'vitest';
import { readAsk } from '../../src/conversation/ask.ts';

describe('what people write', () => {
  it.each([
    ['', { do: 'help' }],
    ['help', { do: 'help' }],
    ['incident list', { do: 'list' }],
    ['  /imas   incident   LIST ', { do: 'list' }],
    ['incident create', { do: 'create', title: '' }],
    ['incident create Redis is down', { do: 'create', title: 'Redis is down' }],
    ['oncall', { do: 'on_call', team: '' }],
    ['oncall SRE Core', { do: 'on_call', team: 'SRE Core' }],
    ['incident ack INC-A1B2C3', { do: 'act', act: 'acknowledge', incident: 'INC-A1B2C3', note: '' }],
    ['ack a1b2c3', { do: 'act', act: 'acknowledge', incident: 'INC-A1B2C3', note: '' }],
    ['ack abcdef', { do: 'act', act: 'acknowledge', incident: 'INC-ABCDEF', note: '' }],
    ['ack', { do: 'act', act: 'acknowledge', incident: null, note: '' }],
    ['incident resolve inc-a1b2c3 rolled back to 4.2', { do: 'act', act: 'resolve', incident: 'INC-A1B2C3', note: 'rolled back to 4.2' }],
    ['resolve rolled back', { do: 'act', act: 'resolve', incident: null, note: 'rolled back' }],
    ['incident severity INC-A1B2C3 sev2', { do: 'severity', incident: 'INC-A1B2C3', severity: 'SEV2_HIGH', given: 'sev2' }],
    ['scope INC-A1B2C3 Security', { do: 'scope', incident: 'INC-A1B2C3', name: 'Security' }],
    ['incident scope Data protection', { do: 'scope', incident: null, name: 'Data protection' }],
    ['severity 1', { do: 'severity', incident: null, severity: 'SEV1_CRITICAL', given: '1' }],
    ['severity awful', { do: 'severity', incident: null, severity: null, given: 'awful' }],
    ['assign INC-A1B2C3', { do: 'assign', incident: 'INC-A1B2C3', who: 'me' }],
    ['assign INC-A1B2C3 <@U123|ann>', { do: 'assign', incident: 'INC-A1B2C3', who: '<@U123|ann>' }],
    ['comment INC-A1B2C3 failing over', { do: 'comment', incident: 'INC-A1B2C3', text: 'failing over' }],
    ['status', { do: 'status', incident: null }],
    ['link ABCD-1234', { do: 'link', code: 'ABCD-1234' }],
    ['make coffee', { do: 'unknown', text: 'make coffee' }],
  ])('%s', (text, ask) => expect(readAsk(text)).toEqual(ask));
});
