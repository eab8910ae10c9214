import type { OvhKeys } from './signature.ts';

export interface OvhSms {
  readonly id: number;
  readonly receiver: string;
  readonly message: string;
  readonly sender: string;
  readonly tag: string | null;
  readonly stopClause: boolean;
  readonly parts: number;
}

export interface OvhAccount {
  readonly keys: OvhKeys;
  readonly serviceName: string;
  creditsLeft: number;
  status: 'enable' | 'disable';
  automaticRecreditAmount: number | null;
  creditThresholdForAutomaticRecredit: number;
  senders: Record<string, 'enable' | 'disable' | 'refused' | 'waitingValidation'>;
  /** As rules of a token are written: a star stands for anything. */
  rights: readonly string[];
  token: 'good' | 'revoked' | 'of another application';
  /** Seconds that OVH's clock is ahead of ours. */
  aheadSeconds: number;
  /** What was taken and has not left. */
  readonly pending: OvhSms[];
  readonly outgoing: OvhSms[];
}

export const newAccount = (): OvhAccount => ({
  keys: { applicationKey: 'app-key-0123', applicationSecret: 'app-secret-456789', consumerKey: 'consumer-key-abcdef' },
  serviceName: 'sms-ab1234-1',
  creditsLeft: 1_000,
  status: 'enable',
  automaticRecreditAmount: null,
  creditThresholdForAutomaticRecredit: 0,
  senders: { IMAS: 'enable' },
  rights: ['GET /sms', 'GET /sms/*', 'POST /sms/*/jobs'],
  token: 'good',
  aheadSeconds: 0,
  pending: [],
  outgoing: [],
});

/** Everything that waits leaves. */
export function letLeave({ pending, outgoing }: OvhAccount): void {
  outgoing.push(...pending.splice(0));
}
