import { ActionIcon, Menu, Tooltip, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import {
  IconBell,
  IconBellRinging,
  IconFlame,
  IconHome,
  IconLanguage,
  IconLogout,
  IconMail,
  IconMoon,
  IconPlugConnected,
  IconPlus,
  IconRoute,
  IconSun,
  IconUser,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { openIncidents } from '../api/incidents.ts';
import { surroundings } from '../api/home.ts';
import type { Me } from '../../../src/api/wire.ts';
import { chooseLanguage, languages, type Language } from '../i18n.ts';
import { Person } from '../parts/person.tsx';
import { useFormats } from '../parts/formats.ts';
import { useSignOut } from '../session/session.ts';
import { LiveMark } from './connection-banner.tsx';
import { NotificationSwitch } from './notification-switch.tsx';
import classes from './navigation.module.css';
import { Wordmark } from './wordmark.tsx';

export function Navigation({ me }: { readonly me: Me }): ReactNode {
  const { t } = useTranslation();
  const formats = useFormats();
  const { data: open } = useQuery(openIncidents);
  const { data: around } = useQuery(surroundings);
  return (
    <div className={classes['column']}>
      <div className={classes['brand']}>
        <Wordmark />
        <Tooltip label={t('nav.create')}>
          <ActionIcon component={Link} href="/dashboard/incidents/create/" variant="default" size="lg" aria-label={t('nav.create')}>
            <IconPlus size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      <ul className={classes['items']}>
        <Item href="/dashboard/" icon={<IconHome size={18} />} label={t('nav.home')} exact />
        <Item
          href="/dashboard/incidents/"
          icon={<IconFlame size={18} />}
          label={t('nav.incidents')}
          badge={open === undefined || open.count === 0 ? null : formats.number(open.count)}
          badgeLabel={open === undefined ? '' : t('nav.open', { count: open.count })}
        />
        <Item href="/dashboard/alerts/" icon={<IconBell size={18} />} label={t('nav.alerts')} />
        <Item href="/dashboard/routing/" icon={<IconRoute size={18} />} label={t('nav.routing')} />
        {me.is_staff && <Item href="/dashboard/alert-sources/" icon={<IconPlugConnected size={18} />} label={t('nav.alertSources')} />}
        {around?.demo === true && <Item href="/dashboard/inbox/" icon={<IconMail size={18} />} label={t('nav.inbox')} />}
        <Item
          href="/dashboard/incidents/create/"
          icon={<IconPlus size={18} />}
          label={t('nav.create')}
          className={classes['create']}
          exact
        />
      </ul>
      <div className={classes['foot']}>
        <LiveMark />
        <NotificationSwitch icon={<IconBellRinging size={18} aria-hidden />} />
        <SchemeSwitch />
        <LanguageMenu />
        <AccountMenu me={me} />
      </div>
    </div>
  );
}

interface ItemProps {
  readonly href: string;
  readonly icon: ReactNode;
  readonly label: string;
  readonly exact?: boolean;
  readonly className?: string | undefined;
  readonly badge?: string | null;
  readonly badgeLabel?: string;
}

function Item({ href, icon, label, exact = false, className, badge = null, badgeLabel = '' }: ItemProps): ReactNode {
  const [path] = useLocation();
  const here = `${path.replace(/\/$/, '')}/`;
  const isHere = exact ? here === href : here.startsWith(href);
  return (
    <li className={className}>
      <Link href={href} className={classes['item'] ?? ''} aria-current={isHere ? 'page' : undefined}>
        <span aria-hidden className={classes['icon']}>
          {icon}
        </span>
        <span className={classes['label']}>{label}</span>
        {badge !== null && (
          <span className={classes['badge']}>
            <span aria-hidden>{badge}</span>
            <span className="sr-only">{badgeLabel}</span>
          </span>
        )}
      </Link>
    </li>
  );
}

function SchemeSwitch(): ReactNode {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const label = t(isDark ? 'shell.light' : 'shell.dark');
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setColorScheme(isDark ? 'light' : 'dark')}>
        {isDark ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}

function LanguageMenu(): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <Menu position="top">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('shell.language')}>
          <IconLanguage size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(languages).map(([code, name]) => (
          <Menu.Item key={code} lang={code} aria-current={code === i18n.language} onClick={() => void chooseLanguage(code as Language)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function AccountMenu({ me }: { readonly me: Me }): ReactNode {
  const { t } = useTranslation();
  const signOut = useSignOut();
  const name = me.display_name || me.username;
  return (
    <Menu position="top-start" width={180}>
      <Menu.Target>
        <UnstyledButton className={classes['account'] ?? ''}>
          <span className="sr-only">{t('shell.account')} </span>
          <Person name={name} size={26} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} href="/dashboard/profile/" leftSection={<IconUser size={16} aria-hidden />}>
          {t('profile.title')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          {t('shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
