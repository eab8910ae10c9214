import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './clamped.module.css';

/** Three lines of a text, and the rest on a press. */
export function Clamped({ children }: { readonly children: string }): ReactNode {
  const { t } = useTranslation();
  const text = useRef<HTMLSpanElement>(null);
  const [isCut, setIsCut] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  useLayoutEffect(() => {
    const element = text.current;
    if (element === null || isOpen) return undefined;
    const measure = (): void => setIsCut(element.scrollHeight > element.clientHeight + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [children, isOpen]);
  return (
    <>
      <span ref={text} className={classes['text']} data-open={isOpen || undefined}>
        {children}
      </span>
      {isCut && (
        <button type="button" className={classes['more']} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {t(isOpen ? 'clamped.less' : 'clamped.more')}
        </button>
      )}
    </>
  );
}
