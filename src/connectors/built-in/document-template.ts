import type { DocumentFacts } from '../connector.ts';
import { oneLine } from '../notification-text.ts';

/** The sections at the end are people's to write. */
export const defaultDocumentTemplate = `# {{INCIDENT_ID}}: {{TITLE}}

| | |
|---|---|
| Severity | {{SEVERITY}} |
| Service | {{SERVICE}} |
| Status | {{STATUS}} |
| Impact scopes | {{IMPACT_SCOPES}} |

## Timeline

{{TIMELINE}}

## Root cause

_What made this happen? To be written by the responders._

## Corrective actions

_What was done, and what will be, by whom and when? To be written by the responders._

## Lessons learned

_What went well, what did not, and where were we lucky? To be written by the responders._
`;

const placeholder = /\{\{(INCIDENT_ID|TITLE|SEVERITY|SERVICE|STATUS|TIMELINE|IMPACT_SCOPES)\}\}/g;

/** Fills a Markdown template. What people wrote stays text: it makes no heading, table cell, link or HTML, and is no placeholder. */
export function renderDocument(facts: DocumentFacts, template: string = defaultDocumentTemplate): string {
  const values = valuesOf(facts);
  return template.replaceAll(placeholder, (_, name: string) => values[name] ?? '');
}

function valuesOf({ incident, timeline, impactScopes }: DocumentFacts): Readonly<Record<string, string>> {
  return {
    INCIDENT_ID: incident.shortId,
    TITLE: plain(incident.title),
    SEVERITY: incident.severity,
    SERVICE: plain(incident.service.name),
    STATUS: incident.status,
    TIMELINE: timeline.length === 0 ? '_Nothing yet._' : timeline.map(timelineLine).join('\n'),
    IMPACT_SCOPES: impactScopes.length === 0 ? 'none' : impactScopes.map(plain).join(', '),
  };
}

const timelineLine = ({ timestamp, message, actor }: DocumentFacts['timeline'][number]): string =>
  `- ${timestamp} ${plain(message)}${actor === null ? '' : ` (${plain(actor)})`}`;

/** CommonMark §2.4: punctuation after a backslash is that character and nothing else. */
const plain = (text: string): string =>
  oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|#>~!]/g, (mark) => `\\${mark}`);
