import { expect, onTestFinished } from 'vitest';
import { WebhookConfig } from '../../src/connectors/webhook/config.ts';
import { webhookConnector } from '../../src/connectors/webhook/connector.ts';
import type { Ref } from '../../src/connectors/outcome.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import { startReceiver, type Received, type Receiver, type Vendor } from './emulators/receiver.ts';
import type { Changes } from './notification.ts';
import { sendBy, type Spoken } from './send.ts';

/** Every name leads to the loopback, where the emulators are. */
const egress = createEgress({ allow: ['127.0.0.1'], lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) });

/** Until the end of the test. */
export async function serve(vendor: Vendor): Promise<Receiver> {
  const receiver = await startReceiver(vendor);
  onTestFinished(() => receiver.close());
  return receiver;
}

export const send = (config: Record<string, unknown>, about: Changes = {}, actId = 'delivery-1'): Promise<Spoken<Ref>> =>
  sendBy(webhookConnector, { config: WebhookConfig.parse(config), door: egress, about, actId });

/** What a message comes to that the receiver took. */
export const sent = (status: number, id = 'delivery-1') => ({ ok: true, value: { id, url: null, receipt: `HTTP ${status}` } });

/** What a call looks like to a receiver that takes everything. */
export async function received(config: Record<string, unknown>, changes: Changes = {}): Promise<Received> {
  const receiver = await serve(() => ({ status: 200 }));
  expect(await send({ url: `${receiver.url}/hook`, ...config }, changes)).toMatchObject({ ok: true, value: { receipt: 'HTTP 200' } });
  return receiver.requests[0]!;
}
