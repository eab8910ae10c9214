import { lazy, Suspense, type ReactNode } from 'react';
import { Redirect, Route, Switch, useLocation, useSearch } from 'wouter';
import { CrashGuard } from './parts/crash-guard.tsx';
import { PageSkeleton } from './parts/page-skeleton.tsx';
import { Failure } from './parts/failure.tsx';
import { NotFound } from './pages/not-found.tsx';
import { home, signInPath } from './session/return-to.ts';
import { useSession } from './session/session.ts';
import { Shell } from './shell/shell.tsx';

// A script a page: who opens an incident on a phone loads no list, no form and no chart.
const loadPage = {
  signIn: () => import('./pages/sign-in/sign-in.tsx'),
  home: () => import('./pages/home/home.tsx'),
  incidents: () => import('./pages/incidents/incidents.tsx'),
  incident: () => import('./pages/incident/incident.tsx'),
  createIncident: () => import('./pages/create-incident/create-incident.tsx'),
  document: () => import('./pages/document/document.tsx'),
  alerts: () => import('./pages/alerts/alerts.tsx'),
  routing: () => import('./pages/routing/routing.tsx'),
  alertSources: () => import('./pages/alert-sources/alert-sources.tsx'),
  inbox: () => import('./pages/inbox/inbox.tsx'),
  profile: () => import('./pages/profile/profile.tsx'),
} as const;

const SignIn = lazy(loadPage.signIn);
const Home = lazy(loadPage.home);
const Incidents = lazy(loadPage.incidents);
const Incident = lazy(loadPage.incident);
const CreateIncident = lazy(loadPage.createIncident);
const DocumentPage = lazy(loadPage.document);
const Alerts = lazy(loadPage.alerts);
const Routing = lazy(loadPage.routing);
const AlertSources = lazy(loadPage.alertSources);
const Inbox = lazy(loadPage.inbox);
const Profile = lazy(loadPage.profile);

/** Fetches the page's script while the session is still being asked for. */
export function preloadPage(path: string): void {
  const [, area, section = '', id, part] = path.split('/');
  if (area === 'dashboard') void loadPage[pageAt(section, id, part)]();
}

function pageAt(section: string, id: string | undefined, part: string | undefined): keyof typeof loadPage {
  if (section === 'alerts' || section === 'inbox' || section === 'profile' || section === 'routing') return section;
  if (section === 'alert-sources') return 'alertSources';
  if (section !== 'incidents') return 'home';
  if (!id) return 'incidents';
  if (id === 'create') return 'createIncident';
  return part === 'document' ? 'document' : 'incident';
}

export function App(): ReactNode {
  return (
    <Suspense fallback={null}>
      <Switch>
        <Route path="/sign-in" component={SignIn} />
        <Route path="/">
          <Redirect to={home} replace />
        </Route>
        <Route component={SignedInPages} />
      </Switch>
    </Suspense>
  );
}

function SignedInPages(): ReactNode {
  const session = useSession();
  const [path] = useLocation();
  const search = useSearch();
  if (session.isPending) return null;
  if (session.isError) return <Failure error={session.error} onAgain={() => void session.refetch()} fullPage />;
  if (session.data === null) return <Redirect to={signInPath(search === '' ? path : `${path}?${search}`)} replace />;
  return (
    <Shell me={session.data}>
      <CrashGuard resetKey={path}>
        <Suspense fallback={<PageSkeleton />}>
          <Switch>
            <Route path="/dashboard" component={Home} />
            <Route path="/dashboard/incidents" component={Incidents} />
            <Route path="/dashboard/incidents/create" component={CreateIncident} />
            <Route path="/dashboard/incidents/:id">{({ id }) => <Incident key={id} id={id} />}</Route>
            <Route path="/dashboard/incidents/:id/document">{({ id }) => <DocumentPage key={id} id={id} />}</Route>
            <Route path="/dashboard/alerts" component={Alerts} />
            <Route path="/dashboard/routing" component={Routing} />
            <Route path="/dashboard/alert-sources" component={AlertSources} />
            <Route path="/dashboard/inbox" component={Inbox} />
            <Route path="/dashboard/profile" component={Profile} />
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
      </CrashGuard>
    </Shell>
  );
}
