import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Figures } from '../../../../src/api/wire.ts';
import { useFormats } from '../../parts/formats.ts';
import classes from './home.module.css';

export function Deliveries({ data }: { readonly data: Figures | undefined }): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <section className={`card ${classes['deliveries']}`} aria-labelledby="deliveries-title">
      <div className="card-head">
        <h2 id="deliveries-title">{t('home.deliveries.title')}</h2>
        <span className="dim">{t('home.deliveries.definition')}</span>
      </div>
      {data?.deliveries.length === 0 && <p className={classes['none']}>{t('home.deliveries.none')}</p>}
      {data !== undefined && data.deliveries.length > 0 && (
        <div className={classes['scroll']} tabIndex={0} role="region" aria-labelledby="deliveries-title">
          <table className={classes['table']}>
            <thead>
              <tr>
                <th scope="col">{t('home.deliveries.provider')}</th>
                {(['sent', 'failed', 'skipped', 'unknown'] as const).map((state) => (
                  <th key={state} scope="col" title={t(`home.deliveries.${state}Definition`)}>
                    {t(`home.deliveries.${state}`)}
                  </th>
                ))}
                <th scope="col">{t('home.deliveries.share')}</th>
              </tr>
            </thead>
            <tbody>
              {data.deliveries.map((row) => {
                const tried = row.sent + row.failed + row.unknown;
                return (
                  <tr key={`${row.type} ${row.provider}`}>
                    <th scope="row">
                      {row.provider} <span className="dim">{row.type}</span>
                    </th>
                    <td>{formats.number(row.sent)}</td>
                    <td data-bad={row.failed > 0 || undefined}>{formats.number(row.failed)}</td>
                    <td>{formats.number(row.skipped)}</td>
                    <td>{formats.number(row.unknown)}</td>
                    <td>{tried === 0 ? '–' : formats.percent(row.sent / tried)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
