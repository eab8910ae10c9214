import { Alert, Button, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, useSearchParams } from 'wouter';
import { RequestRefused } from '../../api/request.ts';
import { useReason } from '../../parts/failure.tsx';
import { safeReturnTo } from '../../session/return-to.ts';
import { sessionKey, signIn, useSession } from '../../session/session.ts';
import { Wordmark } from '../../shell/wordmark.tsx';
import classes from './sign-in.module.css';

function useSignInReason(error: unknown): string {
  const { t } = useTranslation();
  const reason = useReason(error);
  if (!(error instanceof RequestRefused)) return reason;
  if (error.status === 401) return t('signIn.wrong');
  if (error.status === 429) return t('signIn.tooMany', { count: error.retryAfterSeconds ?? 60 });
  return reason;
}

export default function SignIn(): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const session = useSession();
  const [search] = useSearchParams();
  const attempt = useMutation({ mutationFn: signIn, onSuccess: (me) => queries.setQueryData(sessionKey, me) });
  const reason = useSignInReason(attempt.error);
  useEffect(() => {
    document.title = `${t('signIn.title')} · IMAS`;
  }, [t]);

  if (session.data) return <Redirect to={safeReturnTo(search.get('return_to'), window.location.origin)} replace />;

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const textOf = (name: string): string => {
      const value = form.get(name);
      return typeof value === 'string' ? value : '';
    };
    attempt.mutate({ username: textOf('username'), password: textOf('password') });
  };
  return (
    <main className={classes['page']}>
      <form className={classes['form']} onSubmit={submit}>
        <Wordmark />
        <Title order={1} size="h3" mt="lg" mb={4}>
          {t('signIn.title')}
        </Title>
        <p className="dim" style={{ margin: '0 0 20px' }}>
          {t('signIn.why')}
        </p>
        <Stack gap="md">
          {attempt.isError && (
            <Alert color="red" variant="light" role="alert">
              {reason}
            </Alert>
          )}
          <TextInput
            label={t('signIn.username')}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            required
            autoFocus
            size="md"
            withAsterisk={false}
          />
          <PasswordInput
            label={t('signIn.password')}
            name="password"
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
            required
            size="md"
            withAsterisk={false}
          />
          <Button type="submit" size="md" fullWidth loading={attempt.isPending}>
            {t('signIn.submit')}
          </Button>
        </Stack>
      </form>
    </main>
  );
}
