import type { drive_v3 } from '@googleapis/drive';
import { said } from '../../domain/said.ts';
import type { GoogleDriveSettings } from '../../google-drive-settings.ts';
import type { Call } from '../call.ts';
import type { Standing } from '../connector.ts';
import type { Outcome } from '../outcome.ts';
import { attempt } from './attempt.ts';
import type { GoogleTokens } from './client.ts';

type File = drive_v3.Schema$File;

const documentType = 'application/vnd.google-apps.document';
const folderType = 'application/vnd.google-apps.folder';

/** Whether the account sees template and folder, and may do there what it has to. */
export const checkDrive = (call: Call<GoogleDriveSettings>, tokens: GoogleTokens): Promise<Outcome<Standing>> =>
  attempt(call, tokens, { makes: false }, async ({ drive }) => {
    const { clientEmail: account, templateId, folderId } = call.config;
    const get = async (fileId: string): Promise<File> => {
      const fields = 'id,mimeType,driveId,trashed,capabilities(canAddChildren,canCopy)';
      return (await drive.files.get({ fileId, supportsAllDrives: true, fields })).data;
    };
    const [template, folder] = [await get(templateId), await get(folderId)];
    return { account, lacking: [...ofTemplate(template, account), ...ofFolder(folder, account)] };
  });

function ofTemplate({ mimeType, trashed, capabilities }: File, account: string): Standing['lacking'] {
  if (mimeType !== documentType || trashed === true) return [{ reason: said('cause.google.template'), cure: said('cure.google.template') }];
  return capabilities?.canCopy === false ? [{ reason: said('cause.google.noCopy'), cure: said('cure.google.share', { account }) }] : [];
}

/** A service account has no storage of its own: what it makes has to belong to a shared drive. */
function ofFolder({ mimeType, trashed, driveId, capabilities }: File, account: string): Standing['lacking'] {
  if (mimeType !== folderType || trashed === true) return [{ reason: said('cause.google.folder'), cure: said('cure.google.folder') }];
  return [
    ...(capabilities?.canAddChildren === false
      ? [{ reason: said('cause.google.noAdd'), cure: said('cure.google.share', { account }) }]
      : []),
    ...(driveId == null ? [{ reason: said('cause.google.ownDrive'), cure: said('cure.google.sharedDrive') }] : []),
  ];
}
