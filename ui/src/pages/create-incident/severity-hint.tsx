import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { audienceFor } from '../../api/audience.ts';
import type { Audience, Recipient, Severity } from '../../../../src/api/wire.ts';
import classes from './create-incident.module.css';

interface SeverityHintProps {
  readonly service: string;
  readonly severity: Severity;
  readonly scopes: readonly string[];
}

/** What this severity does in this service, as it would be done: no word of it is fixed. */
export function SeverityHint({ service, severity, scopes }: SeverityHintProps): ReactNode {
  const { t } = useTranslation();
  const { data } = useQuery(audienceFor(service, severity, scopes));
  const parts =
    service === '' ? [t('create.atOnceHint.choose')] : data === undefined ? ['…'] : saysOf(data).map(({ what, who }) => t(what, { who }));
  return (
    <p className={classes['hint']} aria-live="polite">
      {t(`severity.${severity}`)} · {parts.join(' ')}
    </p>
  );
}

function saysOf({ levels, notices, fallback }: Audience) {
  const first = levels.filter((level) => level.after_seconds === 0).flatMap((level) => level.recipients);
  const paged = levels.length === 0 ? fallback : first;
  const says = [
    paged.length === 0
      ? ({ what: 'create.atOnceHint.nobody', who: '' } as const)
      : ({ what: 'create.atOnceHint.paged', who: waysOf(paged) } as const),
  ];
  return notices.length === 0 ? says : [...says, { what: 'create.atOnceHint.informed', who: waysOf(notices) } as const];
}

/** `Ann Arden (Mail, SMS), Bob Brook (Mail)`. */
const waysOf = (recipients: readonly Recipient[]): string =>
  recipients
    .map(({ name, ways }) => {
      const by = [...new Set(ways.filter((way) => way.at_once).map((way) => way.provider))];
      return by.length === 0 || (by.length === 1 && by[0] === name) ? name : `${name} (${by.join(', ')})`;
    })
    .join(', ');
