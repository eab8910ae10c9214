import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SimulatedRoute } from '../../../../src/api/wire.ts';
import { useFormats } from '../../parts/formats.ts';
import { Person } from '../../parts/person.tsx';
import { useWords } from '../../parts/use-words.ts';
import classes from './routing.module.css';

type Step = SimulatedRoute['steps'][number];
type Recipient = Step['recipients'][number];

/** Step after step, from the opening to the last resort. */
export function RouteSteps({ route }: { readonly route: SimulatedRoute }): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const { policy, team, service } = route;
  return (
    <>
      <p className={classes['summary']}>
        {team === null ? t('routing.noTeam', { service: service.name }) : t('routing.ofTeam', { service: service.name, team: team.name })}{' '}
        {t('create.policy', policy)} {policy.repeat > 0 && t('routing.rounds', { count: policy.repeat + 1 })}{' '}
        {t('routing.opened', { at: formats.exact(route.at) })}
      </p>
      <ol className={classes['steps']}>
        {route.steps.map((step, index) => (
          <li key={index} className={`card ${classes['step']}`} data-on={step.on}>
            <StepHead step={step} />
            {step.recipients.length === 0 ? (
              <p className={classes['nobody']}>{t(step.on === 'level' ? 'create.nobodySkipped' : 'create.nobody')}</p>
            ) : (
              <ul className={classes['recipients']}>
                {step.recipients.map((recipient, at) => (
                  <RecipientItem key={at} recipient={recipient} />
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function StepHead({ step }: { readonly step: Step }): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const title = useStepTitle(step);
  const reachesSomebody = step.recipients.some(({ ways }) => ways.length > 0);
  return (
    <div className="card-head">
      <h2>{title}</h2>
      <span className="dim">
        {step.after_seconds === 0 ? t('routing.atOnce') : t('routing.after', { after: formats.duration(step.after_seconds) })}
        {step.waits_seconds !== null && reachesSomebody && ` · ${t('routing.waits', { time: formats.duration(step.waits_seconds) })}`}
        {step.on === 'level' && step.recipients.length > 0 && !reachesSomebody && ` · ${t('routing.skippedLevel')}`}
      </span>
    </div>
  );
}

function useStepTitle({ on, level, round }: Step): string {
  const { t } = useTranslation();
  if (on !== 'level') return t(`routing.step.${on}`);
  return round === 1 ? t('routing.step.level', { level }) : t('routing.step.levelOfRound', { level, round });
}

function RecipientItem({ recipient }: { readonly recipient: Recipient }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const { name, reasons, ways, skipped } = recipient;
  return (
    <li className={classes['recipient']}>
      <div className={classes['who']}>
        <Person name={name} />
        <span className="dim">{reasons.map(words).join(' → ')}</span>
      </div>
      <ol className={classes['ways']}>
        {ways.map(({ provider, address, taken, reason }, index) => (
          <li key={index}>
            <span className={classes['taken']} data-taken={taken}>
              {t(`routing.taken.${taken}`)}
            </span>
            <span className={classes['way']}>
              <span>{address === null ? provider : `${provider} (${address})`}</span>
              <span className="dim">{words(reason)}</span>
            </span>
          </li>
        ))}
        {skipped.map(({ provider, reason }) => (
          <li key={provider}>
            <span className={classes['taken']} data-taken="skipped">
              {t('routing.taken.skipped')}
            </span>
            <span className={classes['way']}>
              <span>{provider}</span>
              <span className="dim">{words(reason)}</span>
            </span>
          </li>
        ))}
      </ol>
      {ways.length === 0 && <p className={classes['unreached']}>{t('routing.unreached')}</p>}
    </li>
  );
}
