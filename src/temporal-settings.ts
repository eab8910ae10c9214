import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';

type Environment = Readonly<Record<string, string | undefined>>;

export interface TemporalSettings {
  /** `host:port`; null: the embedded server is used, which `imas up` starts. */
  readonly address: string | null;
  readonly namespace: string;
  readonly access: TemporalAccess;
}

/** How a server lets us in: TLS, API key, gRPC headers. For every connection to it; it holds secrets. */
export type TemporalAccess = Omit<ClientConnectConfig['connectionOptions'], 'address'>;

/** Reading them failed. The message names variables, never what is in them. */
export class TemporalSettingsError extends Error {
  override readonly name = 'TemporalSettingsError';
}

/**
 * Temporal's standard variables. A file counts only where one of them names it or its profile: whoever has one at home for the `temporal`
 * command did not mean this program by it.
 * @see https://docs.temporal.io/develop/environment-configuration
 * @throws TemporalSettingsError
 */
export function readTemporalSettings(env: Environment): TemporalSettings {
  const given = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const namesFile = 'TEMPORAL_CONFIG_FILE' in given || 'TEMPORAL_PROFILE' in given;
  const { connectionOptions, namespace = 'default' } = load(given, namesFile);
  const { address, ...access } = connectionOptions;
  if (address === undefined) return { address: null, namespace, access: {} };
  if (!/^[^\s/]+:\d+$/.test(address)) throw new TemporalSettingsError('TEMPORAL_ADDRESS: must be host:port');
  return { address, namespace, access };
}

function load(env: Record<string, string>, withFile: boolean): ClientConnectConfig {
  try {
    return loadClientConnectConfig({ overrideEnvVars: env, disableFile: !withFile });
  } catch (error) {
    // Its message may repeat a line of the file.
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new TemporalSettingsError(
      `TEMPORAL_*: cannot be used${code}; look at TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE and the files that TEMPORAL_TLS_* name`,
    );
  }
}

const ofAnotherServer = /^TEMPORAL_(?!NAMESPACE$|UI_URL$)/;

/** Blank for each of Temporal's variables in `env` that belongs to another server than the embedded one, which needs none of them. */
export const withoutOtherServer = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.keys(env)
      .filter((name) => ofAnotherServer.test(name))
      .map((name) => [name, '']),
  );
