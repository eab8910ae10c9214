import type { Answer } from '../receiver.ts';

/** As Drive says it: developers.google.com/workspace/drive/api/guides/handle-errors. */
export const driveError = (code: number, reason: string, message: string, domain = 'global'): Answer => ({
  status: code,
  body: { error: { code, message, errors: [{ message, domain, reason }] } },
});

/** As Docs and the newer services say it: cloud.google.com/apis/design/errors. */
export const docsError = (code: number, status: string, message: string, reason?: string): Answer => ({
  status: code,
  body: {
    error: {
      code,
      message,
      status,
      ...(reason !== undefined && {
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }],
      }),
    },
  },
});

/** RFC 6749 §5.2. */
export const tokenError = (status: number, error: string, error_description: string): Answer => ({
  status,
  body: { error, error_description },
});

export const notFound = (fileId: string): Answer => driveError(404, 'notFound', `File not found: ${fileId}.`);
