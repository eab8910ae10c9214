import type { GoogleDriveSettings } from '../../google-drive-settings.ts';
import type { Connector } from '../connector.ts';
import { about } from './about.ts';
import { checkDrive } from './check.ts';
import type { GoogleTokens } from './client.ts';
import { createDocuments } from './documents.ts';

/** One for a process: it remembers its tokens. It is configured by the environment, and is no provider. */
export function createGoogleDocsConnector(): Connector<GoogleDriveSettings> {
  const tokens: GoogleTokens = new Map();
  return {
    id: 'google-docs',
    title: 'Google Docs incident document',
    about,
    check: (call) => checkDrive(call, tokens),
    documents: createDocuments(tokens),
  };
}
