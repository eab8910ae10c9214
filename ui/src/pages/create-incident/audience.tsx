import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { audienceFor } from '../../api/audience.ts';
import type { Recipient, Severity } from '../../../../src/api/wire.ts';
import { Failure } from '../../parts/failure.tsx';
import { useFormats } from '../../parts/formats.ts';
import { Person } from '../../parts/person.tsx';
import { useWords } from '../../parts/use-words.ts';
import classes from './create-incident.module.css';

/** Who will be told, before anything is sent: by the same rules that then tell them. */
export function Audience({
  service,
  severity,
  scopes,
}: {
  readonly service: string;
  readonly severity: Severity;
  readonly scopes: readonly string[];
}): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const audience = useQuery(audienceFor(service, severity, scopes));
  return (
    <section className={`card ${classes['audience']}`} aria-labelledby="audience-title" aria-live="polite">
      <div className="card-head">
        <h2 id="audience-title">{t('create.audience')}</h2>
      </div>
      <div className={classes['body']}>
        {service === '' && <p className="dim">{t('create.chooseService')}</p>}
        {service !== '' && audience.isPending && <Skeleton height={140} />}
        {audience.isError && <Failure error={audience.error} onAgain={() => void audience.refetch()} />}
        {service !== '' && audience.data !== undefined && (
          <>
            <Group title={t('create.atOnce')} recipients={audience.data.notices} nobody={t('create.nobody')} />
            {audience.data.levels.map((level) => (
              <Group
                key={level.level}
                title={
                  level.after_seconds === 0
                    ? t('create.levelAtOnce', { level: level.level })
                    : t('create.levelAfter', { level: level.level, after: formats.duration(level.after_seconds) })
                }
                recipients={level.recipients}
                nobody={t('create.nobodySkipped')}
              />
            ))}
            <Group
              title={t('create.fallback', { count: audience.data.repeat + 1 })}
              recipients={audience.data.fallback}
              nobody={t('create.nobody')}
            />
            <p className="dim">{t('create.policy', audience.data.policy)}</p>
          </>
        )}
      </div>
    </section>
  );
}

function Group({
  title,
  recipients,
  nobody,
}: {
  readonly title: string;
  readonly recipients: readonly Recipient[];
  readonly nobody: string;
}): ReactNode {
  const words = useWords();
  return (
    <div className={classes['group']}>
      <h3>{title}</h3>
      {recipients.length === 0 && <p className="dim">{nobody}</p>}
      <ul>
        {recipients.map((recipient, index) => (
          <li key={index} title={recipient.reasons.map(words).join(' → ')}>
            <Person name={recipient.name} />
            <span className="dim">{waysOf(recipient)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

const waysOf = (recipient: Recipient): string =>
  recipient.ways
    .filter((way) => way.at_once)
    .map((way) => (way.address === null ? way.provider : `${way.provider} (${way.address})`))
    .join(', ');
