import type { docs_v1 } from '@googleapis/docs';
import type { drive_v3 } from '@googleapis/drive';
import { shorten } from '../../domain/shorten.ts';
import type { GoogleDriveSettings } from '../../google-drive-settings.ts';
import type { Call } from '../call.ts';
import type { DocumentFacts, Documents } from '../connector.ts';
import { oneLine } from '../notification-text.ts';
import type { Outcome, Ref } from '../outcome.ts';
import { attempt } from './attempt.ts';
import type { GoogleTokens } from './client.ts';
import { isOutdated, readGoogleError } from './failure.ts';
import { planFilling, planUpdate } from './plan.ts';
import { sectionTexts } from './section-texts.ts';

/** A private property of the file, which no other application sees: 124 bytes at most with its value (drive.v3, File.appProperties). */
const incidentProperty = 'imasIncident';

export const createDocuments = (tokens: GoogleTokens): Documents<GoogleDriveSettings> => ({
  ensure: (call, incidentId, facts) =>
    attempt(call, tokens, { makes: true }, async ({ drive, docs }) => {
      const found = await find(drive, incidentId);
      const file = found ?? (await copyTemplate(drive, call, incidentId, facts));
      const texts = sectionTexts(facts);
      await revise(docs, file.id ?? '', (document) => ({ requests: planFilling(document, texts) }));
      return refOf(file, found === null ? 'created' : 'found');
    }),
  render: (call, document, facts) =>
    attempt(call, tokens, { makes: false }, async ({ docs }) => {
      const texts = sectionTexts(facts);
      const { left } = await revise(docs, document.id, (now) => planUpdate(now, texts));
      return { ...document, receipt: left.length === 0 ? 'up to date' : `up to date, but for what people changed: ${left.join(', ')}` };
    }),
  export: (call, document) => exported(call, tokens, document, { mimeType: 'text/markdown', responseType: 'text' }),
  async exportPdf(call, document) {
    const outcome = await exported<ArrayBuffer>(call, tokens, document, { mimeType: 'application/pdf', responseType: 'arraybuffer' });
    return outcome.ok ? { ok: true, value: new Uint8Array(outcome.value) } : outcome;
  },
});

/** The oldest, where two were made at once. One in the trash is none. */
async function find(drive: drive_v3.Drive, incidentId: string): Promise<drive_v3.Schema$File | null> {
  const { data } = await drive.files.list({
    q: `appProperties has { key='${incidentProperty}' and value='${quoted(incidentId)}' } and trashed = false`,
    corpora: 'allDrives',
    includeItemsFromAllDrives: true,
    supportsAllDrives: true,
    orderBy: 'createdTime',
    pageSize: 10,
    fields: 'files(id,webViewLink)',
  });
  return data.files?.[0] ?? null;
}

/** developers.google.com/workspace/drive/api/guides/search-files, "Query string examples". */
const quoted = (text: string): string => text.replaceAll(/[\\']/g, '\\$&');

async function copyTemplate(
  drive: drive_v3.Drive,
  { config }: Call<GoogleDriveSettings>,
  incidentId: string,
  { incident }: DocumentFacts,
): Promise<drive_v3.Schema$File> {
  const { data } = await drive.files.copy({
    fileId: config.templateId,
    supportsAllDrives: true,
    fields: 'id,webViewLink',
    requestBody: {
      name: shorten(`${incident.shortId} ${oneLine(incident.title)}`, 200),
      description: incident.url,
      parents: [config.folderId],
      appProperties: { [incidentProperty]: incidentId },
    },
  });
  return data;
}

/** People type while the system writes; each time, their document is read again. */
const revisions = 3;

/** All or nothing, and nothing where somebody has written since the document was read: indexes would be wrong. */
async function revise<P extends { readonly requests: readonly docs_v1.Schema$Request[] }>(
  docs: docs_v1.Docs,
  documentId: string,
  plan: (document: docs_v1.Schema$Document) => P,
): Promise<P> {
  for (let left = revisions - 1; ; left -= 1) {
    const { data } = await docs.documents.get({ documentId });
    const planned = plan(data);
    if (planned.requests.length === 0) return planned;
    try {
      const requestBody = { requests: [...planned.requests], writeControl: { requiredRevisionId: data.revisionId ?? '' } };
      await docs.documents.batchUpdate({ documentId, requestBody });
      return planned;
    } catch (error) {
      if (left === 0 || !isOutdated(readGoogleError(error))) throw error;
    }
  }
}

const exported = <T = string>(
  call: Call<GoogleDriveSettings>,
  tokens: GoogleTokens,
  document: Ref,
  { mimeType, responseType }: { readonly mimeType: string; readonly responseType: 'text' | 'arraybuffer' },
): Promise<Outcome<T>> =>
  attempt(call, tokens, { makes: false }, async ({ drive }) => {
    const { data } = await drive.files.export({ fileId: document.id, mimeType }, { responseType });
    return data as T;
  });

const refOf = ({ id, webViewLink }: drive_v3.Schema$File, receipt: string): Ref => ({
  id: id ?? '',
  url: webViewLink ?? `https://docs.google.com/document/d/${id}/edit`,
  receipt,
});
