import { queryOptions } from '@tanstack/react-query';
import type { AlertSource, AlertSourceChange, List } from '../../../src/api/wire.ts';
import { request } from './request.ts';

export const alertSourceList = queryOptions({
  queryKey: ['alert-sources'],
  queryFn: ({ signal }) => request<List<AlertSource>>('/api/v1/alert-sources/?limit=200', { signal }),
});

export const changeAlertSource = (id: string, change: AlertSourceChange): Promise<AlertSource> =>
  request(`/api/v1/alert-sources/${id}/`, { method: 'PATCH', body: change });
