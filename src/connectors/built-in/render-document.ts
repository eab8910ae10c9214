import { documentSections, isWritten, type DocumentSection, type WrittenSection } from '../../domain/incident/document-sections.ts';
import { said, type SaidCode } from '../../domain/said.ts';
import { words, type Language } from '../../texts/languages.ts';
import type { DocumentEntry, DocumentFacts } from '../connector.ts';
import { link, plain, plainQuote, quote, table } from './markdown.ts';

/** Whom the document is rendered for. */
export interface DocumentReader {
  readonly language: Language;
  /** IANA, `Europe/Paris`. */
  readonly timeZone: string;
}

export interface RenderedDocument {
  readonly title: string;
  readonly sections: readonly RenderedSection[];
  /** The whole of it in Markdown, with what people wrote. */
  readonly markdown: string;
}

export interface RenderedSection {
  readonly section: DocumentSection;
  readonly heading: string;
  /** Markdown, of what the system knows; empty where it knows nothing. What comes from outside is plain text in it. */
  readonly facts: string;
}

/** The document as the incident stands now, in the reader's language. @param written Markdown by section, of those that people wrote in */
export function renderDocument(
  facts: DocumentFacts,
  written: ReadonlyMap<WrittenSection, string>,
  reader: DocumentReader,
): RenderedDocument {
  const say = speaker(reader);
  const title = say('report.title', { id: facts.incident.shortId });
  const sections = documentSections.map((section) => ({
    section,
    heading: say(`report.section.${section}`),
    facts: factsOf[section](facts, reader),
  }));
  const parts = sections.flatMap((rendered) => [`## ${rendered.heading}`, rendered.facts, textOf(rendered, written, say)]);
  return { title, sections, markdown: `${[`# ${title}`, ...parts].filter((part) => part !== '').join('\n\n')}\n` };
}

function textOf({ section, facts }: RenderedSection, written: ReadonlyMap<WrittenSection, string>, say: Speaker): string {
  if (!isWritten(section)) return '';
  const text = (written.get(section) ?? '').trim();
  return text !== '' ? text : facts === '' ? `_${say('report.toComplete')}_` : '';
}

const factsOf: Record<DocumentSection, (facts: DocumentFacts, reader: DocumentReader) => string> = {
  summary: summaryOf,
  timeline: timelineOf,
  impact: ({ impactScopes }, reader) =>
    impactScopes.length === 0
      ? speaker(reader)('report.noScopes')
      : speaker(reader)('report.scopes', { names: impactScopes.map(plain).join(', ') }),
  root_cause: () => '',
  corrective_actions: () => '',
  lessons_learned: () => '',
};

function summaryOf({ incident, acknowledged, resolvedAt }: DocumentFacts, reader: DocumentReader): string {
  const say = speaker(reader);
  const timeOf = clock(reader);
  const links = [
    link(say('report.page'), incident.url),
    link(say('report.runbook'), incident.links.runbook),
    link(say('report.warRoom'), incident.links.warRoom),
  ].filter((each) => each !== null);
  const rows: (readonly [SaidCode, string | null])[] = [
    ['report.incident', plain(incident.title)],
    ['report.severity', say(`entry.severity.${incident.severity}`)],
    ['report.service', plain(incident.service.name)],
    ['report.status', say(`status.${incident.status}`)],
    ['report.team', incident.team === null ? null : plain(incident.team)],
    ['report.assignee', incident.assignee === null ? say('report.unassigned') : plain(incident.assignee)],
    ['report.opened', timeOf(incident.createdAt)],
    ['report.acknowledged', acknowledged === null ? null : at(timeOf(acknowledged.at), acknowledged.by, say)],
    ['report.resolved', resolvedAt === null ? null : timeOf(resolvedAt)],
    ['report.links', links.length === 0 ? null : links.join(' · ')],
  ];
  const known = table(rows.flatMap(([code, value]) => (value === null ? [] : [[say(code), value] as const])));
  const description = incident.description.trim();
  return description === '' ? known : `${known}\n\n${plainQuote(description)}`;
}

const at = (time: string, by: string | null, say: Speaker): string => (by === null ? time : say('report.by', { at: time, who: plain(by) }));

function timelineOf({ timeline, earlierEntries }: DocumentFacts, reader: DocumentReader): string {
  const say = speaker(reader);
  if (timeline.length === 0) return say('report.nothingYet');
  const timeOf = clock(reader);
  return [
    `_${say('report.times', { zone: plain(reader.timeZone) })}_`,
    ...(earlierEntries === 0 ? [] : [say('report.earlier', { count: earlierEntries })]),
    timeline.map((entry) => `- ${timeOf(entry.timestamp)} · ${entryText(entry, reader.language)}`).join('\n'),
  ].join('\n\n');
}

const entryText = ({ said: what, comment }: DocumentEntry, language: Language): string =>
  comment === null ? plain(words(what, language)) : `**${plain(comment.author)}**\n${quote(withLineBreaks(comment.text), '  ')}`;

/** As on the incident's page, a line of a comment that ends is a line that ends. */
const withLineBreaks = (markdown: string): string => markdown.replaceAll(/(?<=\S)\n(?=\S)/g, '  \n');

type Speaker = (code: SaidCode, values?: Readonly<Record<string, string | number>>) => string;

const speaker =
  ({ language }: DocumentReader): Speaker =>
  (code, values) =>
    words(said(code, values), language);

/** `21 Nov 2026, 10:05:03`, as it is written in Europe. */
function clock({ language, timeZone }: DocumentReader): (timestamp: string) => string {
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'medium', timeStyle: 'medium', timeZone });
  return (timestamp) => format.format(new Date(timestamp));
}
