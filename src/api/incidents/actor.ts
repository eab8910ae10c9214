import type { Actor } from '../../contract/incident.ts';
import type { SignedIn } from '../auth/signed-in.ts';

/** The signed-in user as the timeline names them. */
export const actorOf = (signedIn: SignedIn): Actor => ({
  type: 'user',
  id: signedIn.userId,
  name: signedIn.displayName,
  via: signedIn.by === 'session' ? 'page' : 'api',
});
