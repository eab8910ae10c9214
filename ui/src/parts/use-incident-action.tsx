import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { onlineManager, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { act, incidentRead, type IncidentAction } from '../api/incidents.ts';
import { newKey, RequestRefused } from '../api/request.ts';
import { useReason } from './failure.tsx';
import { useWords } from './use-words.ts';

interface Attempt {
  /** As in the address: a short id. */
  readonly id: string;
  readonly action: IncidentAction;
  /** The same when it is tried again, so that it is done once. */
  readonly key: string;
}

const waitingId = ({ key }: Attempt): string => `waiting-${key}`;

const whatOf = ({ id, action }: Pick<Attempt, 'id' | 'action'>): string => JSON.stringify([id, action]);

/** Does what a person wants with an incident, and tells them what came of it. */
export function useIncidentAction() {
  const { t } = useTranslation();
  const words = useWords();
  const queries = useQueryClient();
  const underWay = useRef(new Set<string>());
  /** Nothing leaves while the browser has no network; what waits is sent when it is back, unless it is discarded. */
  const sayWaiting = (attempt: Attempt): void => {
    const discard = (): void => {
      notifications.hide(waitingId(attempt));
      underWay.current.delete(whatOf(attempt));
      const cache = queries.getMutationCache();
      const waiting = cache.find({ predicate: ({ state }) => state.variables === attempt });
      if (waiting !== undefined) cache.remove(waiting);
      mutation.reset();
    };
    notifications.show({
      id: waitingId(attempt),
      color: 'yellow',
      title: t('action.notSent', { action: t(`action.kind.${attempt.action.kind}`), id: attempt.id }),
      message: (
        <>
          <span style={{ display: 'block', marginBottom: 8 }}>{t('action.notSentMore')}</span>
          <Button size="xs" variant="default" onClick={discard}>
            {t('action.discard')}
          </Button>
        </>
      ),
      withCloseButton: false,
      autoClose: false,
    });
  };
  const mutation = useMutation({
    mutationFn: ({ id, action, key }: Attempt) => act(id, action, key),
    retry: false,
    onSuccess: ({ command, ...incident }, { id }) => {
      queries.setQueryData(incidentRead(id).queryKey, incident);
      if (command?.outcome === 'pending')
        notifications.show({ color: 'blue', title: t('action.pending'), message: t('action.pendingMore') });
    },
    onError: (error, attempt) => {
      if (error instanceof RequestRefused && error.status === 409) {
        notifications.show({
          color: 'yellow',
          title: `${attempt.id}: ${t('action.changed')}`,
          message: error.said === null ? error.message : words(error.said),
          autoClose: 8000,
        });
        return;
      }
      const noticeId = `failed-${attempt.key}`;
      const again = (): void => {
        notifications.hide(noticeId);
        mutation.mutate(attempt);
      };
      notifications.show({
        id: noticeId,
        color: 'red',
        title: t('action.failed'),
        message: <Refusal error={error} onAgain={again} />,
        autoClose: false,
      });
    },
    onMutate: (attempt) => {
      underWay.current.add(whatOf(attempt));
      if (!onlineManager.isOnline()) sayWaiting(attempt);
    },
    onSettled: (_data, _error, attempt) => {
      const { id } = attempt;
      underWay.current.delete(whatOf(attempt));
      notifications.hide(waitingId(attempt));
      void queries.invalidateQueries({ queryKey: ['incident', id] });
      void queries.invalidateQueries({ queryKey: ['incidents'] });
    },
  });
  return {
    isPending: mutation.isPending,
    pendingKind: mutation.isPending ? mutation.variables.action.kind : null,
    /** The second press of a double click is none: it would be told that somebody was quicker. */
    act: (id: string, action: IncidentAction, onDone?: () => void) => {
      if (underWay.current.has(whatOf({ id, action }))) return;
      mutation.mutate({ id, action, key: newKey() }, onDone === undefined ? {} : { onSuccess: onDone });
    },
  };
}

function Refusal({ error, onAgain }: { readonly error: unknown; readonly onAgain: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <span style={{ display: 'block', marginBottom: 8 }}>{useReason(error)}</span>
      <Button size="xs" variant="light" color="red" onClick={onAgain}>
        {t('failure.again')}
      </Button>
    </>
  );
}
