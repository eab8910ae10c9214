import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { DocumentSection, IncidentDocument, List, SectionVersion } from '../../../src/api/wire.ts';
import { requestPathOf } from '../base-path.ts';
import { request, withQuery } from './request.ts';

export type SectionName = DocumentSection['section'];

const pathOf = (id: string): string => `/api/v1/incidents/${encodeURIComponent(id)}/document/`;
const sectionPathOf = (id: string, section: SectionName): string => `${pathOf(id)}sections/${section}/`;

export const documentKey = (id: string) => ['incident', id, 'document'] as const;

/** As the server renders it, in this language and in the reader's time zone. */
export function incidentDocument(id: string, language: string) {
  const timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return queryOptions({
    queryKey: [...documentKey(id), language, timeZone],
    queryFn: ({ signal }) => request<IncidentDocument>(withQuery(pathOf(id), { language, time_zone: timeZone }), { signal }),
    placeholderData: keepPreviousData,
  });
}

export const sectionVersions = (id: string, section: SectionName) =>
  infiniteQueryOptions({
    queryKey: [...documentKey(id), 'versions', section],
    queryFn: ({ pageParam, signal }) => request<List<SectionVersion>>(pageParam, { signal }),
    initialPageParam: `${sectionPathOf(id, section)}versions/`,
    getNextPageParam: (last) => (last.next === null ? null : requestPathOf(last.next)),
  });

export type SectionWrite =
  /** `version` is the one that was edited. */
  { readonly version: number; readonly text: string } | { readonly version: number; readonly restore: number };

/** Harmless when it is repeated: a text that is the latest already is not stored again. @throws RequestRefused 409 when somebody was quicker */
export const writeSection = (id: string, section: SectionName, body: SectionWrite): Promise<SectionVersion> =>
  request(sectionPathOf(id, section), { method: 'PUT', body });
