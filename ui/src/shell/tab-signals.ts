import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { openIncidents } from '../api/incidents.ts';
import type { Incident } from '../../../src/api/wire.ts';
import { useIncidentTitle } from '../parts/use-incident-title.ts';
import { basePath } from '../base-path.ts';
import { createStore, useStore } from '../live/store.ts';
import { soundAlarm } from './alarm.ts';

/** What the page in front calls itself; the count of open incidents is put before it. */
const pageTitle = createStore('IMAS');

export function usePageTitle(title: string): void {
  useEffect(() => {
    pageTitle.set(title);
  }, [title]);
}

/** Title and icon of the tab, and a notification for each new SEV1 where the reader has asked for them. */
export function useTabSignals(): void {
  const { data } = useQuery(openIncidents);
  const title = useStore(pageTitle);
  const count = data?.count ?? 0;
  const worst = data?.results[0]?.severity ?? null;
  useEffect(() => {
    document.title = `${count > 0 ? `(${count > 99 ? '99+' : count}) ` : ''}${title} · IMAS`;
  }, [title, count]);
  useEffect(() => setIcon(count, worst === 'SEV1_CRITICAL' ? '#dc3545' : '#f08c00'), [count, worst]);
  useSevereNotifications(data?.results);
}

function setIcon(count: number, color: string): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  if (link === null) return;
  if (count === 0) {
    link.href = `${basePath}/favicon.svg`;
    return;
  }
  const text = count > 9 ? '9+' : String(count);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${color}"/><text x="16" y="23" font-family="sans-serif" font-weight="700" font-size="${text.length > 1 ? 17 : 21}" text-anchor="middle" fill="#fff">${text}</text></svg>`;
  link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function useSevereNotifications(incidents: readonly Incident[] | undefined): void {
  const { t } = useTranslation();
  const titleOf = useIncidentTitle();
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (incidents === undefined) return;
    const severe = incidents.filter((incident) => incident.severity === 'SEV1_CRITICAL' && incident.status === 'TRIGGERED');
    // What was open before this page was is no news.
    const fresh = known.current === null ? [] : severe.filter((incident) => !known.current?.has(incident.id));
    known.current = new Set([...(known.current ?? []), ...severe.map((incident) => incident.id)]);
    if (!('Notification' in window) || Notification.permission !== 'granted') return;
    if (fresh.length > 0) void soundAlarm().catch(() => undefined);
    for (const incident of fresh) {
      // The tag makes one notification of those of several tabs.
      const notice = new Notification(`${incident.short_id} ${titleOf(incident)}`, {
        body: t('notify.body', { service: incident.service.name }),
        tag: incident.id,
        requireInteraction: true,
      });
      notice.onclick = () => {
        window.focus();
        window.location.assign(`${basePath}/dashboard/incidents/${incident.short_id}/`);
      };
    }
  }, [incidents, t, titleOf]);
}
