import { z } from 'zod';
import type { Vendor } from './receiver.ts';

export const login = 'Basic b3BzQGV4YW1wbGUuY29tOnRva2Vu';

/** Atlassian Document Format: developer.atlassian.com/cloud/jira/platform/apis/document/structure. A text node is never empty. */
const Text = z.strictObject({ type: z.literal('text'), text: z.string().min(1), marks: z.array(z.unknown()).optional() });
const Paragraph = z.strictObject({ type: z.literal('paragraph'), content: z.array(Text).optional() });
const Doc = z.strictObject({ type: z.literal('doc'), version: z.literal(1), content: z.array(Paragraph) });

const Fields = z.strictObject({
  project: z.strictObject({ key: z.literal('OPS', 'valid project is required') }),
  issuetype: z.strictObject({ name: z.enum(['Bug', 'Story', 'Task', 'Epic'], 'Specify a valid issue type') }),
  summary: z
    .string()
    .min(1, 'You must specify a summary of the issue.')
    .max(255, "Summary can't exceed 255 characters.")
    .refine((text) => !/[\r\n]/.test(text), 'The summary is invalid because it contains newline characters.'),
  priority: z
    .strictObject({ name: z.enum(['Highest', 'High', 'Medium', 'Low', 'Lowest'], 'The priority selected is invalid.') })
    .optional(),
  description: z
    .custom(
      (value) => value === undefined || Doc.safeParse(value).success,
      'Operation value must be an Atlassian Document (see the Atlassian Document Format)',
    )
    .optional(),
});

/** Jira Cloud, `POST /rest/api/3/issue`: developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues. */
export const jira: Vendor = ({ method, path, headers, json }) => {
  if (path !== '/rest/api/3/issue') return { status: 404, body: { errorMessages: ['No resource method found'], errors: {} } };
  if (method !== 'POST') return { status: 405, body: '' };
  if (headers.authorization !== login) return { status: 401, body: 'Client must be authenticated to access this resource.' };
  if (headers['content-type'] !== 'application/json') return { status: 415, body: '' };
  const parsed = z.strictObject({ fields: Fields }).safeParse(json);
  if (parsed.success)
    return { status: 201, body: { id: '10000', key: 'OPS-24', self: 'https://your-domain.atlassian.net/rest/api/3/issue/10000' } };
  return {
    status: 400,
    body: {
      errorMessages: [],
      errors: Object.fromEntries(parsed.error.issues.map(({ path: at, message }) => [String(at[1] ?? at[0]), message])),
    },
  };
};

/** ServiceNow Table API, `POST /api/now/table/incident`: servicenow.com/docs, REST API reference, Table API. Limits of lengths are each instance's own. */
const Incident = z.strictObject({
  short_description: z.string().min(1),
  description: z.string(),
  urgency: z.enum(['1', '2', '3']),
  impact: z.enum(['1', '2', '3']),
});

export const serviceNow: Vendor = ({ method, path, headers, json }) => {
  const error = (message: string, detail: string) => ({ error: { message, detail }, status: 'failure' });
  if (headers.authorization !== login)
    return { status: 401, body: error('User Not Authenticated', 'Required to provide Auth information') };
  if (path !== '/api/now/table/incident') return { status: 400, body: error('Invalid table', '') };
  if (method !== 'POST') return { status: 405, body: error('Method Not Allowed', '') };
  if (headers['content-type'] !== 'application/json' || headers.accept !== 'application/json')
    return { status: 415, body: error('Unsupported media type', '') };
  const parsed = Incident.safeParse(json);
  if (!parsed.success) return { status: 400, body: error('Exception while reading request', parsed.error.issues[0]?.message ?? '') };
  return {
    status: 201,
    headers: { location: 'https://instance.service-now.com/api/now/table/incident/c537bae64f411200adf9f8e18110c76e' },
    body: { result: { number: 'INC0010002' } },
  };
};
