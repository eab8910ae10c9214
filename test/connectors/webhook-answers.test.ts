import { describe, expect, it } from 'vitest';
import { readRetryAfter } from '../../src/connectors/http.ts';
import type { Ref } from '../../src/connectors/outcome.ts';
import { pagerduty, routingKey } from './emulators/pagerduty.ts';
import { startReceiver, type Vendor } from './emulators/receiver.ts';
import type { Spoken } from './send.ts';
import { send, sent, serve } from './send-webhook.ts';

describe('an answer', () => {
  const answered = async (vendor: Vendor, config: Record<string, unknown> = {}): Promise<Spoken<Ref>> => {
    const receiver = await serve(vendor);
    return send({ url: `${receiver.url}/services/T0KENT0KENT0KENT0KEN?key=S3CRET-KEY`, ...config });
  };

  it.each([200, 201, 202, 204])('of %s is success', async (status) => {
    expect(await answered(() => ({ status }))).toEqual(sent(status));
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('of %s may pass', async (status) => {
    expect(await answered(() => ({ status, body: 'busy' }))).toEqual({
      ok: false,
      permanent: false,
      maybeDone: false,
      retryAfterMs: null,
      reason: `HTTP ${status}: “busy”.`,
      cure: null,
    });
  });

  it.each([301, 302, 307, 400, 401, 403, 404, 405, 409, 410, 413, 422])('of %s is final', async (status) => {
    expect(await answered(() => ({ status, headers: { location: 'http://127.0.0.1:1/' }, body: 'no' }))).toMatchObject({
      ok: false,
      permanent: true,
      reason: `HTTP ${status}: “no”.`,
    });
  });

  it('names the time to wait in seconds or as a date', async () => {
    expect(await answered(() => ({ status: 429, headers: { 'retry-after': '30' } }))).toMatchObject({ retryAfterMs: 30_000 });
    const nowMs = Date.parse('2026-11-21T10:00:00Z');
    expect(readRetryAfter('Sat, 21 Nov 2026 10:01:30 GMT', nowMs)).toBe(90_000);
    expect(readRetryAfter('Sat, 21 Nov 2026 09:00:00 GMT', nowMs)).toBe(0);
    for (const none of [undefined, '', 'soon', '-5', '1.5', '99999999999']) expect(readRetryAfter(none, nowMs)).toBeNull();
  });

  it('is quoted with at most 200 characters in one line', async () => {
    const result = await answered(() => ({ status: 400, body: `a\nb${'x'.repeat(1_000)}` }));
    expect(result).toMatchObject({ reason: expect.stringMatching(/^HTTP 400: “a bx+…”\.$/) });
    expect((result as { reason: string }).reason.length).toBeLessThanOrEqual(213);
  });

  it('never brings a secret of the config back', async () => {
    const echo: Vendor = ({ path, headers, text }) => ({ status: 400, body: `${headers.authorization} ${path} ${text.slice(0, 60)}` });
    const headers = { Authorization: 'Bearer abcdef123456' };
    const results = [
      await answered(echo, { headers, format: 'pagerduty', routing_key: routingKey }),
      await answered(echo, { headers, template: { api_key: 'template-secret' } }),
    ];
    expect(JSON.stringify(results)).toContain('********');
    expect(JSON.stringify(results)).not.toMatch(/abcdef123456|T0KEN|S3CRET|template-secret/);
    expect(JSON.stringify(results)).not.toContain(routingKey);
  });

  it('is read in the text where Teams hides the status', async () => {
    const text = 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x.';
    expect(await answered(() => ({ status: 200, body: text }), { format: 'teams' })).toMatchObject({ ok: false, permanent: false });
    expect(await answered(() => ({ status: 200, body: text }))).toMatchObject({ ok: true });
  });

  it('that never comes may come later; an address that may not be reached is final', async () => {
    const receiver = await startReceiver(() => ({ status: 200 }));
    await receiver.close();
    expect(await send({ url: `${receiver.url}/T0KEN` })).toMatchObject({
      ok: false,
      permanent: false,
      reason: expect.stringContaining('refused the connection'),
    });
    const refused = await send({ url: 'http://169.254.169.254/T0KEN' });
    expect(refused).toMatchObject({ ok: false, permanent: true, cure: expect.stringContaining('IMAS_EGRESS_ALLOW') });
    expect(JSON.stringify(refused)).not.toContain('T0KEN');
  });

  it("shows a vendor's own words", async () => {
    const receiver = await serve(pagerduty().vendor);
    const result = await send({ url: `${receiver.url}/v2/enqueue`, format: 'pagerduty', routing_key: 'short' });
    expect(result).toMatchObject({ permanent: true, reason: expect.stringContaining("Length of 'routing_key' is incorrect") });
  });
});
