import { MultiSelect, SegmentedControl, Select, Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { severities } from '../../../../src/domain/vocabulary.ts';
import { impactScopes, services } from '../../api/choices.ts';
import { simulatedRoute } from '../../api/simulations.ts';
import type { Severity } from '../../../../src/api/wire.ts';
import { Failure } from '../../parts/failure.tsx';
import { usePageTitle } from '../../shell/tab-signals.ts';
import { fromLocalTime, toLocalTime } from './local-time.ts';
import { RouteSteps } from './route-steps.tsx';
import classes from './routing.module.css';
import { useQuestion } from './use-question.ts';

/** Who would be told of an incident, by what, in which order, and why: by the rules that then tell them. */
export default function Routing(): ReactNode {
  const { t } = useTranslation();
  const [question, change] = useQuestion();
  const serviceChoices = useQuery(services);
  const scopeChoices = useQuery(impactScopes);
  const route = useQuery(simulatedRoute(question));
  usePageTitle(t('routing.title'));
  return (
    <div className={classes['page']}>
      <h1 className={classes['title']}>{t('routing.title')}</h1>
      <p className={classes['about']}>{t('routing.about')}</p>
      <form className={`card ${classes['question']}`} aria-label={t('routing.question')} onSubmit={(event) => event.preventDefault()}>
        <Select
          label={t('create.service')}
          searchable
          placeholder={t('create.serviceHint')}
          data={serviceChoices.data ?? []}
          value={question.service || null}
          onChange={(service) => change({ service: service ?? '' })}
        />
        <TextInput
          type="datetime-local"
          label={t('routing.at')}
          description={t('routing.atHint')}
          inputWrapperOrder={['label', 'input', 'description']}
          max="9999-12-31T23:59"
          value={toLocalTime(question.at)}
          onChange={(event) => change({ at: fromLocalTime(event.currentTarget.value) })}
        />
        <div>
          <span className={classes['label']} id="routing-severity">
            {t('create.severity')}
          </span>
          <SegmentedControl
            fullWidth
            aria-labelledby="routing-severity"
            value={question.severity}
            onChange={(severity) => change({ severity: severity as Severity })}
            data={severities.map((severity) => ({ value: severity, label: severity.slice(0, 4) }))}
          />
        </div>
        {(scopeChoices.data?.length ?? 0) > 0 && (
          <MultiSelect
            label={t('create.scopes')}
            data={scopeChoices.data ?? []}
            value={[...question.scopes]}
            onChange={(scopes) => change({ scopes })}
          />
        )}
      </form>
      <section className={classes['answer']} aria-label={t('routing.answer')} aria-live="polite" aria-busy={route.isFetching}>
        {question.service === '' && <p className="dim">{t('routing.chooseService')}</p>}
        {question.service !== '' && route.isPending && <Skeleton height={220} />}
        {route.isError && <Failure error={route.error} onAgain={() => void route.refetch()} />}
        {question.service !== '' && route.isSuccess && <RouteSteps route={route.data} />}
      </section>
    </div>
  );
}
