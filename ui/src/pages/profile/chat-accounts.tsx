import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Profile } from '../../../../src/api/wire.ts';
import { makeLinkCode, profile, unlinkAccount } from '../../api/profile.ts';
import { CopiedText } from '../../parts/copied-text.tsx';
import { useReason } from '../../parts/failure.tsx';
import { Clock } from '../../parts/times.tsx';
import classes from './profile.module.css';

type Account = Profile['chat_accounts'][number];

/** In whose name a Slack or Discord account acts. */
export function ChatAccounts({ accounts }: { readonly accounts: readonly Account[] }): ReactNode {
  const { t } = useTranslation();
  const make = useMutation({ mutationFn: makeLinkCode });
  const reason = useReason(make.error);
  return (
    <section className={`card ${classes['section']}`} aria-label={t('profile.chat')}>
      <h2>{t('profile.chat')}</h2>
      <p className={classes['about']}>{t('profile.chatAbout')}</p>
      <ul className={classes['rows']}>
        {accounts.map((account) => (
          <AccountRow key={`${account.provider.id} ${account.account_id}`} account={account} />
        ))}
      </ul>
      {make.data !== undefined && (
        <div role="status" className={classes['add']}>
          <p className={classes['code']}>
            {t('profile.codeAbout')} <Clock at={make.data.expires_at} />.
          </p>
          <CopiedText text={`/imas link ${make.data.code}`} label={t('profile.code')} />
        </div>
      )}
      {make.isError && (
        <p className={classes['bad']} role="alert">
          {reason}
        </p>
      )}
      <div className={classes['add']}>
        <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
          {t('profile.link')}
        </Button>
      </div>
    </section>
  );
}

function AccountRow({ account }: { readonly account: Account }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const unlink = useMutation({
    mutationFn: () => unlinkAccount(account.provider.id, account.account_id),
    onSuccess: () => queries.invalidateQueries(profile),
  });
  const reason = useReason(unlink.error);
  return (
    <li className={classes['row']}>
      <div>
        <p className={classes['name']}>{account.name || account.account_id}</p>
        <p className={classes['detail']}>{account.provider.name}</p>
        {unlink.isError && (
          <p className={classes['bad']} role="alert">
            {reason}
          </p>
        )}
      </div>
      <Button
        size="xs"
        variant="default"
        loading={unlink.isPending}
        onClick={() => unlink.mutate()}
        aria-label={t('profile.unlinkOf', { name: account.name || account.account_id })}
      >
        {t('profile.unlink')}
      </Button>
    </li>
  );
}
