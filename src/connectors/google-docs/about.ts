/** The page of this connector. */
export const about = `Makes the incident document (LID) in Google Drive: a copy of your template for each incident, filled in and kept up to date. Without it, IMAS keeps
the [document itself](built-in.md).

## Set up

1. In the [Google Cloud console](https://console.cloud.google.com/), create a project, and enable the **Google Drive API** and the **Google Docs API** (APIs & Services, Library).
2. Create a service account (IAM & Admin, Service Accounts). It needs no role. Create a JSON key for it (Keys, Add key).
3. In Google Drive, create a folder **in a shared drive**: a service account has no storage of its own. Share it with the service account's address
   (\`…@….iam.gserviceaccount.com\`) as Content manager.
4. Create the template as a Google Doc, and share it with the service account too. In the same shared drive it is shared already.
5. Set these variables for the API and the workers, and restart them.

| variable | meaning |
|---|---|
| \`GOOGLE_DRIVE_CREDENTIALS_PATH\` | the file with the JSON key |
| \`GOOGLE_DRIVE_CREDENTIALS_BASE64\` | the JSON key itself, in base64: in the place of the file |
| \`GOOGLE_DRIVE_TEMPLATE_ID\` | the template: its ID, or its address |
| \`GOOGLE_DRIVE_FOLDER_ID\` | the folder: its ID, or its address |
| \`GOOGLE_API_ROOT_URL\` | a test server in the place of Google's |

## The template

Any document. These are replaced wherever they stand, also in tables, headers and footers: \`{{INCIDENT_ID}}\`, \`{{TITLE}}\`, \`{{SEVERITY}}\`, \`{{SERVICE}}\`,
\`{{STATUS}}\`, \`{{TIMELINE}}\`, \`{{IMPACT_SCOPES}}\`. The [built-in document](built-in.md) has a template to begin with.

All but the first are kept up to date while the incident lasts. What people write is never touched: not the text around, and not a
place in which somebody has changed what IMAS wrote: that place is theirs from then on. What people deleted does not come back. In a document with tabs, only the
first tab is kept up to date.

The document is in English, and its times are UTC. It is found by a property of the file, so it may be renamed and moved. If it is deleted, the next change of the
incident makes a new one.

## Access

IMAS asks for the scope \`https://www.googleapis.com/auth/drive\`, with which a service account reaches what is shared with it, and nothing else. \`drive.file\` would not
show it a template and a folder that others made.

## Failures

| failure | cure |
|---|---|
| \`invalid_grant\` | the key was deleted or the account disabled: create another key; or this machine's clock is wrong |
| File not found | share template and folder with the service account |
| \`storageQuotaExceeded\` | the folder is not in a shared drive |
| \`accessNotConfigured\` | enable the Google Drive API and the Google Docs API in the project of the service account |
| \`insufficientFilePermissions\` | give the service account the role Content manager |
| \`exportSizeLimitExceeded\` | Google exports 10 MB at most: open the document in Drive |
| 429, \`rateLimitExceeded\` | passes by itself |`;
