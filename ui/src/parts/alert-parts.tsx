import { IconExternalLink } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Alert } from '../../../src/api/wire.ts';
import classes from './alert-parts.module.css';

const labelsFirst = 8;

export function Labels({ labels }: { readonly labels: Readonly<Record<string, string>> }): ReactNode {
  const { t } = useTranslation();
  const [showsAll, setShowsAll] = useState(false);
  const entries = Object.entries(labels);
  if (entries.length === 0) return null;
  const shown = showsAll ? entries : entries.slice(0, labelsFirst);
  return (
    <ul className={classes['labels']} aria-label={t('alerts.labels')}>
      {shown.map(([name, value]) => (
        <li key={name} className={classes['label']}>
          <span className="dim">{name}</span> {value}
        </li>
      ))}
      {entries.length > shown.length && (
        <li>
          <button type="button" className={classes['more']} onClick={() => setShowsAll(true)}>
            {t('alerts.moreLabels', { count: entries.length - shown.length })}
          </button>
        </li>
      )}
    </ul>
  );
}

const linkNames = ['runbook', 'source', 'dashboard', 'silence'] as const;

/** Links that monitoring sent along; only those that a browser may follow. */
export function AlertLinks({ alert }: { readonly alert: Pick<Alert, 'links'> }): ReactNode {
  const { t } = useTranslation();
  return linkNames.map((name) => {
    const href = webUrl(alert.links[name]);
    return href === null ? null : (
      <OutLink key={name} href={href} standsAlone>
        {t(`alerts.link.${name}`)}
      </OutLink>
    );
  });
}

interface OutLinkProps {
  readonly href: string;
  readonly children: ReactNode;
  /** In no text. */
  readonly standsAlone?: boolean;
}

export const OutLink = ({ href, children, standsAlone = false }: OutLinkProps): ReactNode => (
  <a href={href} target="_blank" rel="noreferrer noopener" className={`${classes['out']} ${standsAlone ? 'touch' : ''}`}>
    {children}
    <IconExternalLink size={13} aria-hidden />
  </a>
);

/** Null for what is no http(s) address: a payload must not bring a `javascript:` link. */
export function webUrl(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  try {
    const url = new URL(text, window.location.origin);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}
