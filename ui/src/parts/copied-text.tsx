import { Button, CopyButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './copied-text.module.css';

interface CopiedTextProps {
  readonly text: string;
  readonly label: string;
  readonly isCentred?: boolean;
}

/** A text to be put somewhere else as it stands, with a button that copies it. */
export function CopiedText({ text, label, isCentred = false }: CopiedTextProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['copied']} data-centred={isCentred || undefined}>
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" onClick={copy}>
            {t(copied ? 'incidents.copied' : 'incidents.copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}
