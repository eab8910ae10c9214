import { SegmentedControl } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { InboxMessage } from '../../../../src/api/wire.ts';
import { Clock } from '../../parts/times.tsx';
import classes from './inbox.module.css';

type View = 'html' | 'text' | 'body' | 'headers';

export function Message({ message }: { readonly message: InboxMessage }): ReactNode {
  const { t } = useTranslation();
  const views = viewsOf(message);
  const [view, setView] = useState<View>(views[0] ?? 'headers');
  return (
    <article className={`card ${classes['message']}`} aria-label={message.subject}>
      <header className={classes['head']}>
        <h2>{message.subject}</h2>
        <p className="dim">
          {t('inbox.to', { recipient: message.recipient })} · <Clock at={message.received_at} />
        </p>
        {views.length > 1 && (
          <SegmentedControl
            size="xs"
            value={view}
            onChange={(value) => setView(value as View)}
            aria-label={t('inbox.view')}
            data={views.map((value) => ({ value, label: t(`inbox.views.${value}`) }))}
          />
        )}
      </header>
      {view === 'html' && message.html !== null && (
        // No scripts, no forms, no access to this page: a mail is somebody else's document. Its links open elsewhere.
        <iframe
          className={classes['frame']}
          title={message.subject}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          srcDoc={`<base target="_blank">${message.html}`}
        />
      )}
      {view !== 'html' && (
        <pre className={classes['plain']} tabIndex={0}>
          {contentOf(message, view)}
        </pre>
      )}
    </article>
  );
}

function viewsOf(message: InboxMessage): View[] {
  const has: Record<View, boolean> = {
    html: message.html !== null,
    body: message.body !== null,
    text: message.text !== null,
    headers: Object.keys(message.headers).length > 0,
  };
  return (['html', 'body', 'text', 'headers'] as const).filter((view) => has[view]);
}

function contentOf(message: InboxMessage, view: Exclude<View, 'html'>): string {
  switch (view) {
    case 'text':
      return message.text ?? '';
    case 'body':
      return typeof message.body === 'string' ? message.body : JSON.stringify(message.body, null, 2);
    case 'headers':
      return Object.entries(message.headers)
        .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join('\n');
  }
}
