import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { severities } from '../../../../src/domain/vocabulary.ts';
import type { HourCount } from '../../../../src/api/wire.ts';
import { useFormats } from '../../parts/formats.ts';
import classes from './hour-chart.module.css';

const totalOf = ({ by_severity }: HourCount): number => severities.reduce((sum, severity) => sum + by_severity[severity], 0);

/** The next number that reads well on an axis, as does its half: 2, 4, 6, 10, 20, 40… */
export function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value - 1)));
  return [2, 4, 6, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

/**
 * Incidents by the hour, stacked by severity. Two dozen bars of plain boxes: a chart library would be a hundred times this
 * page. The same numbers stand in a table, for those who cannot see the picture.
 */
export function HourChart({ hours }: { readonly hours: readonly HourCount[] }): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const top = niceTop(Math.max(2, ...hours.map(totalOf)));
  const describe = (hour: HourCount): string =>
    [
      formats.hour(hour.hour),
      ...severities
        .filter((severity) => hour.by_severity[severity] > 0)
        .map((severity) => `${severity.slice(0, 4)}: ${hour.by_severity[severity]}`),
    ].join(' · ');
  return (
    <>
      <div className={classes['chart']} aria-hidden>
        <div className={classes['scale']}>
          <span>{formats.number(top)}</span>
          <span>{formats.number(top / 2)}</span>
          <span>0</span>
        </div>
        <div className={classes['bars']}>
          {hours.map((hour, index) => (
            <div key={hour.hour} className={classes['hour']} title={describe(hour)}>
              <div className={classes['bar']}>
                {severities.toReversed().map((severity) => (
                  <span key={severity} data-severity={severity} style={{ height: `${(hour.by_severity[severity] / top) * 100}%` }} />
                ))}
              </div>
              <span className={classes['label']}>{index % 6 === 5 ? formats.hour(hour.hour) : ''}</span>
            </div>
          ))}
        </div>
      </div>
      <div className="sr-only">
        <table>
          <caption>{t('home.hours.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('home.hours.hour')}</th>
              {severities.map((severity) => (
                <th key={severity} scope="col">
                  {severity.slice(0, 4)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {hours
              .filter((hour) => totalOf(hour) > 0)
              .map(({ hour, by_severity }) => (
                <tr key={hour}>
                  <th scope="row">{formats.hour(hour)}</th>
                  {severities.map((severity) => (
                    <td key={severity}>{by_severity[severity]}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
