import type { docs_v1 } from '@googleapis/docs';
import type { drive_v3 } from '@googleapis/drive';
import { createVendorFetch } from '../../egress/vendor-fetch.ts';
import { googleTokenUri, type GoogleDriveSettings } from '../../google-drive-settings.ts';
import type { Call } from '../call.ts';

export interface GoogleClients {
  readonly drive: drive_v3.Drive;
  readonly docs: docs_v1.Docs;
}

export interface GoogleToken {
  readonly access_token?: string | null;
  readonly expiry_date?: number | null;
}

/** Tokens by account and server: each is good for an hour. */
export type GoogleTokens = Map<string, GoogleToken>;

/**
 * All of Drive, of which the account sees what is shared with it alone. `drive.file` would be less, but shows an app only what it made itself
 * or somebody picked for it: neither the template nor the folder (developers.google.com/workspace/drive/api/guides/api-specific-auth). Docs takes this scope too.
 */
const scopes = ['https://www.googleapis.com/auth/drive'];

/** An export has 10 MB at most (drive.v3, files.export). */
const maxAnswerBytes = 12 * 1024 * 1024;

/** Google's own clients, loaded on first use, with all of their traffic through the door and no retries of their own. */
export async function openGoogle(
  call: Call<GoogleDriveSettings>,
  tokens: GoogleTokens,
): Promise<{ clients: GoogleClients; keepToken: () => void }> {
  const [driveApi, docsApi] = await Promise.all([import('@googleapis/drive'), import('@googleapis/docs')]);
  const { config } = call;
  const key = tokenKey(config);
  const auth = new driveApi.auth.JWT({
    email: config.clientEmail,
    key: config.privateKey,
    scopes,
    // The library signs for Google's own address, whatever the key says.
    additionalClaims: { aud: config.tokenUri },
    transporterOptions: { fetchImplementation: fetchThrough(call), retryConfig: { retry: 0, noResponseRetries: 0 } },
  });
  const known = tokens.get(key);
  if (known !== undefined) auth.setCredentials({ refresh_token: 'jwt-placeholder', ...known });
  const options = { retry: false, ...(config.apiRootUrl !== null && { rootUrl: `${config.apiRootUrl}/` }) };
  return {
    clients: {
      drive: driveApi.drive({ version: 'v3', auth, ...options }),
      // The two packages bring libraries of different ages; what they ask of a client is the same.
      docs: docsApi.docs({ version: 'v1', auth: auth as never, ...options }),
    },
    keepToken: () => {
      const { access_token, expiry_date } = auth.credentials;
      if (access_token != null) tokens.set(key, { access_token, expiry_date: expiry_date ?? null });
    },
  };
}

export const tokenKey = ({ clientEmail, apiRootUrl }: GoogleDriveSettings): string => `${clientEmail} ${apiRootUrl ?? ''}`;

function fetchThrough({ config, door, signal }: Call<GoogleDriveSettings>): typeof globalThis.fetch {
  const fetch = createVendorFetch(door, { signal, maxAnswerBytes });
  return (input, init) => {
    const headers = new Headers(init?.headers);
    // The door hands answers on as they come, and unpacks none.
    headers.delete('accept-encoding');
    const url = input instanceof Request ? input.url : input.toString();
    return fetch(url === googleTokenUri ? tokenUrl(config) : input, { ...init, headers });
  };
}

/** A test server in Google's place gives the tokens too, unless the key names somebody else. */
const tokenUrl = ({ tokenUri, apiRootUrl }: GoogleDriveSettings): string =>
  apiRootUrl !== null && tokenUri === googleTokenUri ? `${apiRootUrl}/token` : tokenUri;
