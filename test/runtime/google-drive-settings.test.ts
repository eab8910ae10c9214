import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { GoogleDriveSettingsError, readGoogleDriveSettings } from '../../src/google-drive-settings.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const account = { type: 'service_account', client_email: 'imas@example.iam.gserviceaccount.com', private_key: privateKey, project_id: 'p' };
const base64 = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const ids = { GOOGLE_DRIVE_TEMPLATE_ID: 'template_1-x', GOOGLE_DRIVE_FOLDER_ID: 'folder_1-x' };
const whole = { ...ids, GOOGLE_DRIVE_CREDENTIALS_BASE64: base64(account) };
const missing = (): string => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
};

const settings = {
  clientEmail: account.client_email,
  privateKey,
  tokenUri: 'https://oauth2.googleapis.com/token',
  templateId: 'template_1-x',
  folderId: 'folder_1-x',
  apiRootUrl: null,
};

function problems(env: Record<string, string>, readText = missing): readonly string[] {
  try {
    readGoogleDriveSettings(env, readText);
    return [];
  } catch (error) {
    if (error instanceof GoogleDriveSettingsError) return error.problems;
    throw error;
  }
}

describe('the settings of Google Drive', () => {
  it('are none where nothing is set', () => {
    expect(readGoogleDriveSettings({})).toBeNull();
    expect(readGoogleDriveSettings({ GOOGLE_DRIVE_FOLDER_ID: ' ', GOOGLE_API_ROOT_URL: 'https://x.example.com' })).toBeNull();
  });

  it('come from base64, or from a file', () => {
    expect(readGoogleDriveSettings(whole)).toEqual(settings);
    const fromFile = { ...ids, GOOGLE_DRIVE_CREDENTIALS_PATH: '/run/secrets/google.json' };
    expect(
      readGoogleDriveSettings(fromFile, (path) => (path === '/run/secrets/google.json' ? JSON.stringify(account) : missing())),
    ).toEqual(settings);
    expect(readGoogleDriveSettings({ ...whole, ...fromFile }, missing)).toEqual(settings);
  });

  it('take the addresses that a browser shows', () => {
    const env = {
      ...whole,
      GOOGLE_DRIVE_TEMPLATE_ID: 'https://docs.google.com/document/d/1AbC-d_e/edit?tab=t.0',
      GOOGLE_DRIVE_FOLDER_ID: 'https://drive.google.com/drive/u/0/folders/1FoL-d_er?usp=sharing',
    };
    expect(readGoogleDriveSettings(env)).toMatchObject({ templateId: '1AbC-d_e', folderId: '1FoL-d_er' });
  });

  it('may name another server', () => {
    const credentials = base64({ ...account, token_uri: 'http://127.0.0.1:9/oauth/token' });
    expect(
      readGoogleDriveSettings({ ...whole, GOOGLE_DRIVE_CREDENTIALS_BASE64: credentials, GOOGLE_API_ROOT_URL: 'http://127.0.0.1:9/' }),
    ).toMatchObject({
      tokenUri: 'http://127.0.0.1:9/oauth/token',
      apiRootUrl: 'http://127.0.0.1:9',
    });
  });

  it.each<[string, Record<string, string>, readonly string[]]>([
    ['no credentials', ids, ['GOOGLE_DRIVE_CREDENTIALS_PATH: is needed, or GOOGLE_DRIVE_CREDENTIALS_BASE64']],
    [
      'nothing but credentials',
      { GOOGLE_DRIVE_CREDENTIALS_BASE64: base64(account) },
      ['GOOGLE_DRIVE_TEMPLATE_ID: is needed beside the credentials', 'GOOGLE_DRIVE_FOLDER_ID: is needed beside the credentials'],
    ],
    [
      'a file that is not there',
      { ...ids, GOOGLE_DRIVE_CREDENTIALS_PATH: '/secret/name.json' },
      ['GOOGLE_DRIVE_CREDENTIALS_PATH: the file cannot be read (ENOENT)'],
    ],
    [
      'no JSON',
      { ...ids, GOOGLE_DRIVE_CREDENTIALS_BASE64: 'c2VjcmV0' },
      ['GOOGLE_DRIVE_CREDENTIALS_BASE64: is not the JSON key of a service account'],
    ],
    [
      "a person's credentials",
      { ...ids, GOOGLE_DRIVE_CREDENTIALS_BASE64: base64({ ...account, type: 'authorized_user' }) },
      ['GOOGLE_DRIVE_CREDENTIALS_BASE64: is not the JSON key of a service account: type is missing or not valid'],
    ],
    [
      'a broken key',
      { ...ids, GOOGLE_DRIVE_CREDENTIALS_BASE64: base64({ ...account, private_key: 'secret' }) },
      ['GOOGLE_DRIVE_CREDENTIALS_BASE64: is not the JSON key of a service account: private_key is missing or not valid'],
    ],
    ['no id', { ...whole, GOOGLE_DRIVE_FOLDER_ID: 'my folder' }, ['GOOGLE_DRIVE_FOLDER_ID: is not the ID of a file or folder']],
    ['no address', { ...whole, GOOGLE_API_ROOT_URL: 'localhost:9' }, ['GOOGLE_API_ROOT_URL: must be an http or https URL']],
  ])('say what is wrong with %s, and never a value', (_, env, expected) => {
    expect(problems(env)).toEqual(expected);
  });
});
