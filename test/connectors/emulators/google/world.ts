import { generateKeyPairSync } from 'node:crypto';
import type { FlatDocument } from './flat-document.ts';

export interface DriveFile {
  readonly id: string;
  name: string;
  mimeType: string;
  parents: string[];
  /** Of a file in a shared drive. */
  driveId?: string;
  trashed: boolean;
  description?: string;
  readonly appProperties: Record<string, string>;
  readonly createdTime: string;
  /** By address; in a shared drive its members have the same in all of it. */
  readonly access: Record<string, Role>;
  document?: FlatDocument;
}

/** As Drive calls them: Viewer, Contributor, Content manager. */
export type Role = 'reader' | 'writer' | 'fileOrganizer';

/** What is at Google: accounts and their keys, shared drives, files, tokens. */
export interface World {
  readonly serviceAccount: { readonly email: string; readonly privateKey: string; readonly publicKey: string };
  readonly files: DriveFile[];
  readonly drives: Record<string, Record<string, Role>>;
  readonly tokens: Map<string, { readonly email: string; readonly scopes: readonly string[] }>;
  /** What the project has enabled. */
  readonly apis: { drive: boolean; docs: boolean };
  /** Seconds that Google's clock is ahead of ours. */
  aheadSeconds: number;
  /** Whether its key is known, as it is until somebody deletes it. */
  keyIsKnown: boolean;
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

export const documentType = 'application/vnd.google-apps.document';
export const folderType = 'application/vnd.google-apps.folder';

/** A shared drive with a folder and a template, of which the service account is a content manager. */
export function newWorld(template: FlatDocument): World {
  const email = 'imas@example-project.iam.gserviceaccount.com';
  const shared = { trashed: false, appProperties: {}, createdTime: '2026-11-01T10:00:00.000Z', access: {}, driveId: '0AShared' };
  return {
    serviceAccount: { email, privateKey, publicKey },
    files: [
      { ...shared, id: 'folder-1', name: 'Incidents', mimeType: folderType, parents: ['0AShared'] },
      { ...shared, id: 'template-1', name: 'Template', mimeType: documentType, parents: ['0AShared'], document: template },
    ],
    drives: { '0AShared': { [email]: 'fileOrganizer' } },
    tokens: new Map(),
    apis: { drive: true, docs: true },
    aheadSeconds: 0,
    keyIsKnown: true,
  };
}

export function roleIn({ drives }: World, file: DriveFile, email: string): Role | null {
  return file.access[email] ?? (file.driveId === undefined ? null : (drives[file.driveId]?.[email] ?? null));
}
