import { Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Profile as ProfileRead } from '../../../../src/api/wire.ts';
import { changeProfile, profile } from '../../api/profile.ts';
import { chooseLanguage, languages, type Language } from '../../i18n.ts';
import { Failure, useReason } from '../../parts/failure.tsx';
import { RowSkeletons } from '../../parts/page-skeleton.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import { ChatAccounts } from './chat-accounts.tsx';
import { Devices } from './devices.tsx';
import classes from './profile.module.css';

/** How one is reached, and in which language. */
export default function Profile(): ReactNode {
  const { t } = useTranslation();
  const read = useQuery(profile);
  usePageTitle(t('profile.title'));
  return (
    <div className={classes['page']}>
      <h1 className={classes['title']}>{t('profile.title')}</h1>
      <Devices />
      {read.isPending && <RowSkeletons rows={3} height={48} />}
      {read.isError && read.data === undefined && <Failure error={read.error} onAgain={() => void read.refetch()} />}
      {read.data !== undefined && (
        <>
          <ChatAccounts accounts={read.data.chat_accounts} />
          <Reading profile={read.data} />
        </>
      )}
    </div>
  );
}

const timeZones = Intl.supportedValuesOf('timeZone');

function Reading({ profile: { language, time_zone: timeZone } }: { readonly profile: ProfileRead }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: changeProfile,
    onSuccess: (changed) => queries.setQueryData(profile.queryKey, changed),
  });
  const reason = useReason(change.error);
  const choose = (value: string | null): void => {
    const chosen = (value ?? null) as Language | null;
    change.mutate({ language: chosen });
    if (chosen !== null) void chooseLanguage(chosen);
  };
  return (
    <section className={`card ${classes['section']}`} aria-label={t('profile.reading')}>
      <h2>{t('profile.reading')}</h2>
      <p className={classes['about']}>{t('profile.readingAbout')}</p>
      <div className={classes['fields']}>
        <Select
          label={t('profile.language')}
          placeholder={languages.en}
          data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
          value={language}
          onChange={choose}
          clearable
        />
        <Select
          label={t('profile.timeZone')}
          placeholder="UTC"
          searchable
          clearable
          data={timeZone === null || timeZones.includes(timeZone) ? timeZones : [timeZone, ...timeZones]}
          value={timeZone}
          onChange={(value) => change.mutate({ time_zone: value })}
        />
      </div>
      {change.isError && (
        <p className={classes['bad']} role="alert">
          {reason}
        </p>
      )}
    </section>
  );
}
