import { AppShell, Burger } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Me } from '../../../src/api/wire.ts';
import { useLiveQueries } from '../live/use-live-queries.ts';
import { useRenewal } from '../push/use-renewal.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { Navigation } from './navigation.tsx';
import { useTabSignals } from './tab-signals.ts';
import { Wordmark } from './wordmark.tsx';

/** The frame round every page: navigation, the live connection, and what the tab shows. */
export function Shell({ me, children }: { readonly me: Me; readonly children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure();
  const [path] = useLocation();
  useLiveQueries();
  useTabSignals();
  useRenewal();
  useEffect(close, [path, close]);

  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      transitionDuration={150}
      styles={{
        navbar: { background: 'var(--imas-page)', borderColor: 'var(--imas-line)' },
        header: { background: 'var(--imas-page)', borderColor: 'var(--imas-line)' },
      }}
    >
      <a href="#content" className="skip-link">
        {t('shell.skip')}
      </a>
      <AppShell.Header hiddenFrom="sm" px="md" style={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between' }}>
        <Wordmark />
        <Burger
          opened={opened}
          onClick={toggle}
          size="sm"
          aria-label={t(opened ? 'shell.closeMenu' : 'shell.openMenu')}
          aria-expanded={opened}
        />
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t('shell.navigation')}>
        <Navigation me={me} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }}>
        <ConnectionBanner />
        {children}
      </AppShell.Main>
    </AppShell>
  );
}
