import type { ReactNode } from 'react';
import classes from './empty.module.css';

/** Nothing here: what that means, and what to do first. */
export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className={classes['empty']}>
      <div className={classes['icon']} aria-hidden>
        {icon}
      </div>
      <p className={classes['title']}>{title}</p>
      {children}
    </div>
  );
}
