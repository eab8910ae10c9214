/** The sections of the incident document, in their order. */
export const documentSections = ['summary', 'timeline', 'impact', 'root_cause', 'corrective_actions', 'lessons_learned'] as const;
export type DocumentSection = (typeof documentSections)[number];

/** Those in which people write. What the system knows stands before their text, and is never kept with it. */
export const writtenSections = ['impact', 'root_cause', 'corrective_actions', 'lessons_learned'] as const;
export type WrittenSection = (typeof writtenSections)[number];

export const isWritten = (section: DocumentSection): section is WrittenSection => (writtenSections as readonly string[]).includes(section);
