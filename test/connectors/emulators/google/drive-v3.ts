import { Ajv } from 'ajv';
import type { Answer, Received } from '../receiver.ts';
import { readText } from './document-json.ts';
import { driveError, notFound } from './errors.ts';
import { masked } from './field-mask.ts';
import fileSchema from './file.schema.json' with { type: 'json' };
import { cloneOf } from './flat-document.ts';
import { documentType, folderType, roleIn, type DriveFile, type World } from './world.ts';

const isFile = new Ajv({ strict: false }).compile(fileSchema);
const defaultFields = 'kind,id,name,mimeType';
const tenMegabytes = 10 * 1024 * 1024;

/** Drive v3 for one account: `files.list`, `get`, `copy`, `export`. */
export function drive(world: World, email: string, { method, json }: Received, url: URL): Answer {
  const query = url.searchParams;
  const [, id = '', act = ''] = /^\/drive\/v3\/files\/?([^/]*)\/?([^/]*)$/.exec(url.pathname) ?? [];
  const withShared = query.get('supportsAllDrives') === 'true';
  if (method === 'GET' && id === '') return list();
  // `files.export` knows no such parameter, and finds every file.
  const file = world.files.find((one) => one.id === id && (one.driveId === undefined || withShared || act === 'export'));
  const role = file === undefined ? null : roleIn(world, file, email);
  if (file === undefined || role === null) return notFound(id);
  if (method === 'GET' && act === '') return answer(jsonOf(file));
  if (method === 'POST' && act === 'copy') return copy(file);
  if (method === 'GET' && act === 'export') return exported(file);
  return driveError(404, 'notFound', 'Not Found');

  function answer(value: object, fields = query.get('fields') ?? defaultFields): Answer {
    const body = masked({ kind: 'drive#file', ...value }, fields);
    return body === null ? driveError(400, 'invalidParameter', `Invalid field selection ${fields}`) : { status: 200, body };
  }

  function jsonOf(one: DriveFile): object {
    const can = roleIn(world, one, email);
    const { document: _, access: __, appProperties, ...rest } = one;
    return {
      ...rest,
      ...(Object.keys(appProperties).length > 0 && { appProperties }),
      webViewLink: `https://docs.google.com/document/d/${one.id}/edit?usp=drivesdk`,
      capabilities: { canCopy: can !== null, canAddChildren: one.mimeType === folderType && can !== 'reader' },
    };
  }

  function list(): Answer {
    const includes = query.get('includeItemsFromAllDrives') === 'true';
    if (includes && !withShared)
      return driveError(
        403,
        'teamDrivesParentLimit',
        'supportsAllDrives parameter must be set to true if includeItemsFromAllDrives is true.',
      );
    if (query.get('corpora') === 'allDrives' && !includes)
      return driveError(400, 'invalidParameter', 'The allDrives corpora requires includeItemsFromAllDrives.');
    const asked = /^appProperties has \{ key='((?:[^'\\]|\\.)*)' and value='((?:[^'\\]|\\.)*)' \} and trashed = false$/.exec(
      query.get('q') ?? '',
    );
    if (asked === null) return driveError(400, 'invalid', 'Invalid Value');
    const [key = '', value = ''] = asked.slice(1).map((text) => text.replaceAll(/\\(.)/g, '$1'));
    const files = world.files
      .filter((one) => !one.trashed && one.appProperties[key] === value)
      .filter((one) => roleIn(world, one, email) !== null && (one.driveId === undefined || includes))
      .toSorted((a, b) => a.createdTime.localeCompare(b.createdTime));
    return answer({ kind: 'drive#fileList', files: files.map(jsonOf) }, query.get('fields') ?? 'files(id,name)');
  }

  function copy(source: DriveFile): Answer {
    if (!isFile(json)) return driveError(400, 'badRequest', `Invalid JSON payload received. ${isFile.errors?.[0]?.message}`);
    const { name = `Copy of ${source.name}`, parents = [], appProperties = {}, description } = json as Partial<DriveFile>;
    if (Object.entries(appProperties).some((pair) => Buffer.byteLength(pair.join('')) > 124))
      return driveError(400, 'propertyTooLong', 'The property exceeds 124 bytes.');
    const [parentId = 'root'] = parents;
    if (parents.length > 1) return driveError(400, 'multipleParents', 'A file may have one parent.');
    const parent = world.files.find((one) => one.id === parentId && one.mimeType === folderType);
    const may = parent === undefined ? null : roleIn(world, parent, email);
    if (parent === undefined || may === null) return notFound(parentId);
    if (may === 'reader')
      return driveError(403, 'insufficientFilePermissions', `The user does not have sufficient permissions for this file.`);
    // Accounts made before April 2025 have some; no word of it is documented.
    if (parent.driveId === undefined)
      return driveError(
        403,
        'storageQuotaExceeded',
        'Service Accounts do not have storage quota. Leverage shared drives, or use OAuth delegation instead.',
        'usageLimits',
      );
    const made: DriveFile = {
      id: `doc-${world.files.length}`,
      name,
      mimeType: source.mimeType,
      parents: [parent.id],
      driveId: parent.driveId,
      trashed: false,
      ...(description !== undefined && { description }),
      appProperties,
      createdTime: new Date(Date.parse('2026-11-21T10:00:00Z') + world.files.length).toISOString(),
      access: {},
      ...(source.document !== undefined && { document: { ...cloneOf(source.document), ranges: [] } }),
    };
    world.files.push(made);
    return answer(jsonOf(made));
  }

  function exported({ mimeType, document }: DriveFile): Answer {
    if (mimeType !== documentType || document === undefined)
      return driveError(403, 'fileNotExportable', 'Export only supports Docs Editors files.');
    const text = readText(document);
    if (text.length > tenMegabytes) return driveError(403, 'exportSizeLimitExceeded', 'This file is too large to be exported.');
    switch (query.get('mimeType')) {
      case 'text/markdown':
        return { status: 200, headers: { 'content-type': 'text/markdown; charset=utf-8' }, body: text };
      case 'application/pdf':
        // Bytes that are no UTF-8, as in every PDF.
        return {
          status: 200,
          headers: { 'content-type': 'application/pdf' },
          body: Buffer.concat([Buffer.from('%PDF-1.7\n%'), Buffer.from([0xe2, 0xe3, 0xcf, 0xd3])]),
        };
      default:
        return driveError(400, 'badRequest', 'The requested conversion is not supported.');
    }
  }
}
