import { describe, expect, it } from 'vitest';
import { documentTemplate } from '../../src/connectors/built-in/document-template.ts';
import { renderDocument, type DocumentReader } from '../../src/connectors/built-in/render-document.ts';
import type { DocumentFacts } from '../../src/connectors/connector.ts';
import type { WrittenSection } from '../../src/domain/incident/document-sections.ts';
import { asSaid, said } from '../../src/domain/said.ts';
import { incident } from './notification.ts';

const facts: DocumentFacts = {
  incident: { ...incident, assignee: 'Ann', description: '' },
  acknowledged: { at: '2026-11-21T10:05:00.000Z', by: 'Ann' },
  resolvedAt: null,
  timeline: [
    { timestamp: '2026-11-21T10:02:03.000Z', said: said('entry.alert', { summary: 'Redis is down' }), comment: null },
    { timestamp: '2026-11-21T10:05:00.000Z', said: said('entry.acknowledged', { by: 'Ann' }), comment: null },
  ],
  earlierEntries: 0,
  impactScopes: ['Security', 'Legal'],
};
const inEnglish: DocumentReader = { language: 'en', timeZone: 'UTC' };
const nothing = new Map<WrittenSection, string>();
const headings = (markdown: string): (string | undefined)[] => [...markdown.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);

describe('the incident document', () => {
  it('tells the incident and leaves three sections to people', () => {
    const { markdown } = renderDocument(facts, nothing, inEnglish);
    expect(markdown).toMatch(/^# Incident Report - INC-ABC123\n/);
    for (const line of [
      '| Title | Redis is down |',
      '| Severity | SEV1 (Critical) |',
      '| Service | redis-prod |',
      '| Status | Triggered |',
      '| Assignee | Ann |',
      '| Acknowledged | 21 Nov 2026, 10:05:00 by Ann |',
      '- 21 Nov 2026, 10:05:00 · Acknowledged by Ann',
      'Impact scopes: Security, Legal',
    ])
      expect(markdown.split('\n')).toContain(line);
    expect(markdown).toMatch(/\| Links \| \[Incident\]\(\S+\) · \[Runbook\]\(https:\/\/wiki\.example\.com\/redis\?a=1&b=2\) \|/);
    expect(headings(markdown)).toEqual(['Summary', 'Timeline', 'Impact', 'Root cause', 'Corrective actions', 'Lessons learned']);
    expect([...markdown.matchAll(/_To be completed_/g)]).toHaveLength(3);
  });

  it('has the sections of the template that the docs offer, and its seven placeholders have a place', () => {
    expect(headings(documentTemplate)).toEqual(headings(renderDocument(facts, nothing, inEnglish).markdown));
    expect(documentTemplate.match(/\{\{[A-Z_]+\}\}/g)?.toSorted()).toEqual(
      ['{{IMPACT_SCOPES}}', '{{INCIDENT_ID}}', '{{SERVICE}}', '{{SEVERITY}}', '{{STATUS}}', '{{TIMELINE}}', '{{TITLE}}'].toSorted(),
    );
  });

  it("speaks the reader's language, and tells times in the reader's zone", () => {
    const { markdown } = renderDocument(facts, nothing, { language: 'fr', timeZone: 'Europe/Paris' });
    expect(markdown).toMatch(/^# Rapport d’incident - INC-ABC123\n/);
    expect(headings(markdown)).toEqual(['Résumé', 'Chronologie', 'Impact', 'Cause racine', 'Actions correctives', 'Enseignements']);
    expect(markdown).toContain('| Gravité | SEV1 (Critique) |');
    expect(markdown).toContain('- 21 nov. 2026, 11:05:00 · Pris en charge par Ann');
    expect(markdown).toContain('Heures : Europe/Paris'.replace(' :', '\u00a0:'));
  });

  it('has what people wrote where they wrote it, as it is', () => {
    const text = 'The **replica** was gone.\n\n{{STATUS}} $& \\1';
    const { markdown } = renderDocument(facts, new Map([['root_cause', text]]), inEnglish);
    expect(markdown).toContain(`## Root cause\n\n${text}\n\n## Corrective actions`);
    expect([...markdown.matchAll(/_To be completed_/g)]).toHaveLength(2);
  });

  it('shows a comment as the Markdown it is, inside its entry', () => {
    const comment = { author: 'Bob *B*', text: 'Failing over:\nnow.\n\n```\nkubectl drain\n# not a heading' };
    const timeline = [{ timestamp: '2026-11-21T10:06:00.000Z', said: said('entry.comment', { text: comment.text }), comment }];
    const { markdown } = renderDocument({ ...facts, timeline }, nothing, inEnglish);
    expect(markdown).toContain(
      '- 21 Nov 2026, 10:06:00 · **Bob \\*B\\***\n  > Failing over:  \n  > now.\n  >\n  > ```  \n  > kubectl drain  \n  > # not a heading\n\n## Impact',
    );
  });

  it('lets nobody from outside write its structure', () => {
    const title = '{{STATUS}}\n# owned <script>|x| [a](javascript:b) *b* $&';
    const { markdown } = renderDocument(
      {
        ...facts,
        incident: {
          ...incident,
          title,
          description: '# a\n1. b\n- c\n=====\n    d\n<img src=x>\n_see_ https://x.example/_a_?b=*&c=|d _e_',
          links: { ...incident.links, warRoom: 'javascript:alert(1)', runbook: 'https://wiki.example.com/a b)|[x](y' },
        },
        timeline: [{ timestamp: '2026-11-21T10:06:00.000Z', said: asSaid('a\n## Root cause'), comment: null }],
        impactScopes: ['|'],
      },
      nothing,
      inEnglish,
    );
    expect(markdown).toContain('| Title | {{STATUS}} \\# owned &lt;script\\>\\|x\\| \\[a\\](javascript:b) \\*b\\* $&amp; |\n');
    expect(markdown).toContain(
      '> \\# a\\\n> 1\\. b\\\n> \\- c\\\n> \\=====\\\n> d\\\n> &lt;img src=x\\>\\\n> \\_see\\_ https://x.example/_a_?b=%2A&c=%7Cd \\_e\\_',
    );
    expect(markdown).not.toContain('War room');
    expect(markdown).toContain('[Runbook](https://wiki.example.com/a%20b%29%7C[x]%28y)');
    expect([...markdown.matchAll(/^#+ /gm)]).toHaveLength([...documentTemplate.matchAll(/^#+ /gm)].length);
  });

  it('says when there is nothing yet, and what it leaves out', () => {
    const empty = renderDocument({ ...facts, timeline: [], impactScopes: [], acknowledged: null }, nothing, inEnglish).markdown;
    expect(empty).toContain('## Timeline\n\nNothing yet.');
    expect(empty).toContain('Impact scopes: none');
    expect(empty).not.toContain('Acknowledged');
    expect(renderDocument({ ...facts, earlierEntries: 3 }, nothing, inEnglish).markdown).toContain('3 earlier entries are in');
  });
});
