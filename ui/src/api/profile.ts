import { queryOptions } from '@tanstack/react-query';
import type { Devices, LinkCode, Profile, ProfileChange, TestResult } from '../../../src/api/wire.ts';
import { request } from './request.ts';

export const profile = queryOptions({
  queryKey: ['profile'],
  queryFn: ({ signal }) => request<Profile>('/api/v1/me/profile', { signal }),
});

export const changeProfile = (change: ProfileChange): Promise<Profile> => request('/api/v1/me/profile', { method: 'PATCH', body: change });

export const makeLinkCode = (): Promise<LinkCode> => request('/api/v1/me/chat-accounts/code', { method: 'POST' });

export const unlinkAccount = (providerId: string, accountId: string): Promise<void> =>
  request(`/api/v1/me/chat-accounts/${providerId}/${encodeURIComponent(accountId)}`, { method: 'DELETE' });

export const devices = queryOptions({
  queryKey: ['devices'],
  queryFn: ({ signal }) => request<Devices>('/api/v1/me/devices', { signal }),
});

export const addDevice = (provider_id: string, name: string, subscription: PushSubscriptionJSON): Promise<{ id: string }> =>
  request('/api/v1/me/devices', { method: 'POST', body: { provider_id, name, subscription } });

export const renewDevice = (id: string, subscription: PushSubscriptionJSON): Promise<void> =>
  request(`/api/v1/me/devices/${id}`, { method: 'PUT', body: { subscription } });

export const removeDevice = (id: string): Promise<void> => request(`/api/v1/me/devices/${id}`, { method: 'DELETE' });

export const testDevice = (id: string): Promise<TestResult> => request(`/api/v1/me/devices/${id}/test`, { method: 'POST' });

/** Turns push on for everybody. @param contact a mail address, where the push services reach whoever sends */
export const makePushProvider = (name: string, contact: string): Promise<unknown> =>
  request('/api/v1/providers/', { method: 'POST', body: { name, type: 'WEB_PUSH', config: { contact } } });
