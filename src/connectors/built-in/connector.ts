import type { Connector } from '../connector.ts';
import { documentTemplate } from './document-template.ts';

/** Nothing of it is outside: what the system knows is rendered whenever somebody reads it, and what people write is in our own store. */
export const builtInConnector: Connector = {
  id: 'built-in',
  title: 'Built-in incident document',
  about: `The incident document (LID) that IMAS keeps itself. Its facts, its timeline and its links follow the incident and are shown in the
reader's language. Responders write the root cause, the corrective actions and the lessons learned on its page, and what the impact was; every
version of what they write is kept, with who wrote it and when, and can be put back. The document can be copied and downloaded as Markdown.

It has the sections of this template, which also suits a document of your own:

\`\`\`markdown
${documentTemplate.trim()}
\`\`\``,
};
