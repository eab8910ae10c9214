import { Ajv } from 'ajv';
import type { Answer, Received } from '../receiver.ts';
import batchSchema from './batch-update.schema.json' with { type: 'json' };
import { documentJson, revisionId } from './document-json.ts';
import { docsError } from './errors.ts';
import {
  cloneOf,
  createRange,
  deleteContent,
  deleteRange,
  insertText,
  InvalidRequest,
  replaceAll,
  type FlatDocument,
} from './flat-document.ts';
import { roleIn, type World } from './world.ts';

const isBatch = new Ajv({ strict: false, formats: { int32: true, 'google-fieldmask': true } }).compile(batchSchema);

interface Range {
  readonly startIndex?: number;
  readonly endIndex?: number;
  readonly segmentId?: string;
}

/** What `batch-update.schema.json` lets through, one member each. */
interface Request {
  readonly replaceAllText?: {
    readonly containsText?: { readonly text?: string; readonly matchCase?: boolean };
    readonly replaceText?: string;
  };
  readonly createNamedRange?: { readonly name?: string; readonly range?: Range };
  readonly deleteNamedRange?: { readonly namedRangeId?: string; readonly name?: string };
  readonly insertText?: { readonly location?: { readonly index?: number; readonly segmentId?: string }; readonly text?: string };
  readonly deleteContentRange?: { readonly range?: Range };
}

interface Batch {
  readonly requests?: readonly Request[];
  readonly writeControl?: { readonly requiredRevisionId?: string; readonly targetRevisionId?: string };
}

let lastRange = 0;

/** Docs v1 for one account: `documents.get` and `batchUpdate`, which does all or nothing. */
export function docs(world: World, email: string, { method, json }: Received, url: URL): Answer {
  const [, id = '', act = ''] = /^\/v1\/documents\/([^/:]+)(:batchUpdate)?$/.exec(url.pathname) ?? [];
  const file = world.files.find((one) => one.id === id && one.document !== undefined);
  if (file?.document === undefined) return docsError(404, 'NOT_FOUND', 'Requested entity was not found.');
  const role = roleIn(world, file, email);
  if (role === null) return docsError(403, 'PERMISSION_DENIED', 'The caller does not have permission');
  if (method === 'GET' && act === '') return { status: 200, body: documentJson(file.id, file.name, file.document) };
  if (method !== 'POST' || act === '') return docsError(404, 'NOT_FOUND', 'Method not found.');
  if (role === 'reader') return docsError(403, 'PERMISSION_DENIED', 'The caller does not have permission');
  if (!isBatch(json)) {
    const [problem] = isBatch.errors ?? [];
    return docsError(
      400,
      'INVALID_ARGUMENT',
      `Invalid JSON payload received. Unknown name or value at '${problem?.instancePath}': ${problem?.message}`,
    );
  }
  const { requests = [], writeControl } = json as Batch;
  if (requests.length === 0) return docsError(400, 'INVALID_ARGUMENT', 'Must specify at least one request.');
  const required = writeControl?.requiredRevisionId;
  if (required !== undefined && required !== revisionId(file.document.revision))
    return docsError(400, 'FAILED_PRECONDITION', `The required revision ID '${required}' does not match the latest revision.`);
  const changed = cloneOf(file.document);
  const replies: object[] = [];
  for (const [index, request] of requests.entries()) {
    try {
      replies.push(apply(changed, request));
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error;
      return docsError(400, 'INVALID_ARGUMENT', `Invalid requests[${index}].${Object.keys(request)[0]}: ${error.message}`);
    }
  }
  file.document = { ...changed, revision: changed.revision + 1 };
  return { status: 200, body: { documentId: id, replies, writeControl: { requiredRevisionId: revisionId(file.document.revision) } } };
}

function apply(document: FlatDocument, request: Request): object {
  const { replaceAllText, createNamedRange, deleteNamedRange, insertText: insertion, deleteContentRange } = request;
  if (replaceAllText !== undefined) {
    const { containsText: { text: find = '', matchCase = false } = {}, replaceText: by = '' } = replaceAllText;
    const occurrencesChanged = replaceAll(document, { find, by, matchCase });
    return { replaceAllText: occurrencesChanged === 0 ? {} : { occurrencesChanged } };
  }
  if (createNamedRange !== undefined) {
    const { name = '', range: { startIndex: start = 0, endIndex: end = 0, segmentId = '' } = {} } = createNamedRange;
    lastRange += 1;
    const id = `kix.range${lastRange}`;
    createRange(document, { id, name, start, end, segmentId });
    return { createNamedRange: { namedRangeId: id } };
  }
  if (deleteNamedRange !== undefined) {
    deleteRange(document, deleteNamedRange.namedRangeId ?? '');
    return {};
  }
  if (insertion !== undefined) {
    insertText(document, insertion.location?.index ?? 0, insertion.text ?? '', insertion.location?.segmentId);
    return {};
  }
  const { startIndex = 0, endIndex = 0, segmentId } = deleteContentRange?.range ?? {};
  deleteContent(document, startIndex, endIndex, segmentId);
  return {};
}
