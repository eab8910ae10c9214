import { z } from 'zod';
import { said } from '../../domain/said.ts';
import type { Call } from '../call.ts';
import type { Standing } from '../connector.ts';
import { done, failedForGood, type Outcome } from '../outcome.ts';
import { authorizationOf, serverOf, type NtfyConfig } from './config.ts';
import { failureFor } from './failure.ts';
import { readJson } from '../read-json.ts';

/** `username` is `*` for whoever did not sign in: server/server_account.go. */
const Account = z.object({ username: z.string() });
const Health = z.object({ healthy: z.literal(true) });

/** Whether a topic may be written to is not told without writing to it: the test message shows that. */
export async function checkServer({ config, http }: Call<NtfyConfig>): Promise<Outcome<Standing>> {
  const headers = { 'user-agent': 'IMAS', ...authorizationOf(config) };
  const health = await http.fetch({ url: `${serverOf(config)}/v1/health`, method: 'GET', headers });
  if (health.status !== 200) return failureFor(health, http, { sends: false });
  if (!Health.safeParse(readJson(health.body)).success)
    return failedForGood(said('cause.ntfy.otherServer'), { cure: said('cure.ntfy.server') });
  const account = await http.fetch({ url: `${serverOf(config)}/v1/account`, method: 'GET', headers });
  if (account.status === 401 || account.status === 403) return failureFor(account, http, { sends: false });
  const name = Account.safeParse(readJson(account.body)).data?.username;
  return done({ account: name === undefined || name === '*' ? null : name, lacking: [] });
}
