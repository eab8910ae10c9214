import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { connection } from '../live/stream.ts';
import { useStore } from '../live/store.ts';
import classes from './connection-banner.module.css';

/** A short cut heals before anybody needs to know. */
const patienceMs = 2500;

/** Says that what is shown may be old, while the stream is cut. It goes on by itself. */
export function ConnectionBanner(): ReactNode {
  const { t } = useTranslation();
  const isLost = useLostForLong();
  return (
    <div role="status" aria-live="polite" className={classes['region']}>
      {isLost && <div className={classes['banner']}>{t('shell.offline')}</div>}
    </div>
  );
}

function useLostForLong(): boolean {
  const isLost = useStore(connection) === 'lost';
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    if (!isLost) {
      setIsLong(false);
      return;
    }
    const timer = setTimeout(() => setIsLong(true), patienceMs);
    return () => clearTimeout(timer);
  }, [isLost]);
  return isLong;
}

export function LiveMark(): ReactNode {
  const { t } = useTranslation();
  const state = useStore(connection);
  return (
    <span className={classes['live']} data-state={state} title={t(`shell.connection.${state}`)}>
      <span className={classes['dot']} aria-hidden />
      {t(`shell.connection.${state}`)}
    </span>
  );
}
