import './styles.ts';
import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { RequestRefused, whenSignedOut } from './api/request.ts';
import { App, preloadPage } from './app.tsx';
import { basePath, requestPathOf } from './base-path.ts';
import { startTexts } from './i18n.ts';
import { registerServiceWorker } from './push/service-worker.ts';
import { readSession, sessionKey } from './session/session.ts';
import { Notices } from './shell/notices.tsx';
import { theme, variables } from './theme.ts';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      // A refusal stays one; what did not answer is asked again, ever slower.
      retry: (count, error) => (error instanceof RequestRefused && error.status < 500 ? false : count < 3),
      refetchOnWindowFocus: true,
    },
  },
});
whenSignedOut(() => queries.setQueryData(sessionKey, null));

window.addEventListener('load', registerServiceWorker);

// After an update the server no longer has the scripts that an open page still names: the new page has its own.
window.addEventListener('vite:preloadError', () => window.location.reload());

const schemes = localStorageColorSchemeManager({ key: 'imas-color-scheme' });
const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');

void queries.prefetchQuery({ queryKey: sessionKey, queryFn: readSession });
preloadPage(requestPathOf(window.location.pathname));
await startTexts();
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" colorSchemeManager={schemes}>
      <QueryClientProvider client={queries}>
        <Notices />
        <Router base={basePath}>
          <App />
        </Router>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
