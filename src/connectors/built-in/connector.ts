import type { Call } from '../call.ts';
import type { Connector, DocumentFacts, Documents } from '../connector.ts';
import { done, type Outcome, type Ref } from '../outcome.ts';
import { defaultDocumentTemplate, renderDocument } from './document-template.ts';

/** Where the texts are kept, with their incidents. Whoever calls hands it in as the config, since this system is our own store. */
export interface DocumentStore {
  write(incidentId: string, text: string): Promise<void>;
}

export const builtInDocuments = {
  /** Nothing leaves, so that of a call only the config is needed. */
  async ensure({ config }: Pick<Call<DocumentStore>, 'config'>, incidentId: string, facts: DocumentFacts): Promise<Outcome<Ref>> {
    await config.write(incidentId, renderDocument(facts));
    return done({ id: incidentId, url: null, receipt: null });
  },
} satisfies Documents<DocumentStore>;

export const builtInConnector: Connector<DocumentStore> = {
  id: 'built-in',
  title: 'Built-in incident document',
  about: `The incident document (LID) that IMAS keeps itself. It is created from this template with the incident's first entries; the last
three sections are for the responders to write.

\`\`\`markdown
${defaultDocumentTemplate.trim()}
\`\`\``,
  documents: builtInDocuments,
};
