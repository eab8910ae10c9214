import type { ReactNode } from 'react';
import classes from './home.module.css';

interface FigureProps {
  readonly name: string;
  /** How the figure comes about: over what, counted how. */
  readonly definition: string;
  readonly value: ReactNode;
  readonly more?: string;
  readonly state?: 'good' | 'bad';
}

export const Figure = ({ name, definition, value, more, state }: FigureProps): ReactNode => (
  <div className={classes['figure']} data-state={state}>
    <dt>{name}</dt>
    <dd className={classes['value']}>{value}</dd>
    {more !== undefined && <dd className={classes['more']}>{more}</dd>}
    <dd className={classes['definition']}>{definition}</dd>
  </div>
);
