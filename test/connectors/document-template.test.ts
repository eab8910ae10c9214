import { describe, expect, it } from 'vitest';
import { defaultDocumentTemplate, renderDocument } from '../../src/connectors/built-in/document-template.ts';
import { incident } from './notification.ts';

const facts = {
  incident,
  timeline: [
    { timestamp: '2026-11-21T10:02:03.000Z', message: 'Alert received', actor: null },
    { timestamp: '2026-11-21T10:05:00.000Z', message: 'Acknowledged', actor: 'Ann' },
  ],
  impactScopes: ['Security', 'Legal'],
};

describe('the incident document', () => {
  it('tells the incident and leaves three sections to people', () => {
    const text = renderDocument(facts);
    expect(text).toMatch(/^# INC-ABC123: Redis is down\n/);
    for (const line of [
      '| Severity | SEV1_CRITICAL |',
      '| Service | redis-prod |',
      '| Status | TRIGGERED |',
      '| Impact scopes | Security, Legal |',
      '- 2026-11-21T10:05:00.000Z Acknowledged (Ann)',
    ])
      expect(text).toContain(line);
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual([
      'Timeline',
      'Root cause',
      'Corrective actions',
      'Lessons learned',
    ]);
    expect(text).not.toContain('{{');
  });

  it("fills a template of one's own, and leaves what it does not know", () => {
    expect(renderDocument(facts, '{{INCIDENT_ID}} {{INCIDENT_ID}} {{OTHER}} {{title}}')).toBe('INC-ABC123 INC-ABC123 {{OTHER}} {{title}}');
  });

  it('lets nobody write its structure', () => {
    const title = '{{STATUS}}\n# owned <script>|x| [a](javascript:b) *b* $&';
    const text = renderDocument({
      ...facts,
      incident: { ...incident, title },
      timeline: [{ timestamp: 't', message: 'a\n## Root cause', actor: '|' }],
    });
    expect(text).toContain('# INC-ABC123: {{STATUS}} \\# owned &lt;script\\>\\|x\\| \\[a\\](javascript:b) \\*b\\* $&amp;\n');
    expect([...text.matchAll(/^#+ /gm)]).toHaveLength([...defaultDocumentTemplate.matchAll(/^#+ /gm)].length);
  });

  it('says when there is nothing yet', () => {
    const text = renderDocument({ ...facts, timeline: [], impactScopes: [] });
    expect(text).toContain('_Nothing yet._');
    expect(text).toContain('| Impact scopes | none |');
  });
});
