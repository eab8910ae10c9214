import type { Logger } from 'pino';
import type { SignedIn } from './auth/signed-in.ts';

export interface ApiEnv {
  Variables: {
    requestId: string;
    log: Logger;
    /** Set by `authenticate`; routes behind it can rely on it. */
    signedIn: SignedIn;
  };
}
