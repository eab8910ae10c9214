import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where incident documents are made in Google Drive, and as whom. */
export interface GoogleDriveSettings {
  /** The service account, with which the template and the folder are shared. */
  readonly clientEmail: string;
  /** PEM. A secret. */
  readonly privateKey: string;
  /** Who gives tokens for it. */
  readonly tokenUri: string;
  readonly templateId: string;
  readonly folderId: string;
  /** Another server in the place of Google's; null for Google's. */
  readonly apiRootUrl: string | null;
}

/** Reading them failed: a line for each problem. They name variables, never what is in them. */
export class GoogleDriveSettingsError extends Error {
  override readonly name = 'GoogleDriveSettingsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export const googleTokenUri = 'https://oauth2.googleapis.com/token';

/** What the console hands out as a key of a service account, as far as it is needed (cloud.google.com/iam/docs/keys-create-delete). */
const ServiceAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(3),
  private_key: z.string().refine(isPrivateKey),
  token_uri: z.url({ protocol: /^https?$/ }).optional(),
});

/** Of an ID, or of the address that a browser shows. */
const Id = z
  .string()
  .transform((text) => /\/(?:d|folders)\/([-\w]+)/.exec(text)?.[1] ?? text.trim())
  .refine((id) => /^[-\w]+$/.test(id));

/**
 * Null where none of the variables is set: then the incident document is our own. The credentials come from one of two variables, and
 * the one that holds them counts before the one that names a file.
 * @param readText reads a file; throws where it cannot
 * @throws GoogleDriveSettingsError
 */
export function readGoogleDriveSettings(
  env: Environment,
  readText: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): GoogleDriveSettings | null {
  const given = (name: string): string | null => env[name]?.trim() || null;
  const names = ['GOOGLE_DRIVE_CREDENTIALS_BASE64', 'GOOGLE_DRIVE_CREDENTIALS_PATH', 'GOOGLE_DRIVE_TEMPLATE_ID', 'GOOGLE_DRIVE_FOLDER_ID'];
  if (names.every((name) => given(name) === null)) return null;

  const problems: string[] = [];
  const id = (name: string): string => {
    const read = Id.safeParse(given(name) ?? '');
    if (!read.success)
      problems.push(given(name) === null ? `${name}: is needed beside the credentials` : `${name}: is not the ID of a file or folder`);
    return read.data ?? '';
  };
  const account = readAccount(given, readText);
  if (typeof account === 'string') problems.push(account);
  const [templateId, folderId] = [id('GOOGLE_DRIVE_TEMPLATE_ID'), id('GOOGLE_DRIVE_FOLDER_ID')];
  const root = given('GOOGLE_API_ROOT_URL');
  if (root !== null && !z.url({ protocol: /^https?$/ }).safeParse(root).success)
    problems.push('GOOGLE_API_ROOT_URL: must be an http or https URL');
  if (problems.length > 0 || typeof account === 'string') throw new GoogleDriveSettingsError(problems);
  return {
    clientEmail: account.client_email,
    privateKey: account.private_key,
    tokenUri: account.token_uri ?? googleTokenUri,
    templateId,
    folderId,
    apiRootUrl: root === null ? null : new URL(root).origin,
  };
}

/** The account, else what is wrong with it. */
function readAccount(given: (name: string) => string | null, readText: (path: string) => string): z.infer<typeof ServiceAccount> | string {
  const [encoded, path] = [given('GOOGLE_DRIVE_CREDENTIALS_BASE64'), given('GOOGLE_DRIVE_CREDENTIALS_PATH')];
  const name = encoded === null ? 'GOOGLE_DRIVE_CREDENTIALS_PATH' : 'GOOGLE_DRIVE_CREDENTIALS_BASE64';
  let text: string;
  try {
    if (encoded !== null) text = Buffer.from(encoded, 'base64').toString('utf8');
    else if (path !== null) text = readText(path);
    else return 'GOOGLE_DRIVE_CREDENTIALS_PATH: is needed, or GOOGLE_DRIVE_CREDENTIALS_BASE64';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return `${name}: the file cannot be read${code}`;
  }
  const account = ServiceAccount.safeParse(json(text));
  if (account.success) return account.data;
  const [issue] = account.error.issues;
  return issue?.path[0] === undefined
    ? `${name}: is not the JSON key of a service account`
    : `${name}: is not the JSON key of a service account: ${String(issue.path[0])} is missing or not valid`;
}

/** Undefined for what is no JSON. */
function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}
