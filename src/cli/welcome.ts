import type { Config } from '../config.ts';
import type { AdminAccount } from './admin-password.ts';

/** Names of alert sources. */
export interface AlertSourcesAtStart {
  /** Open only because they were so before. */
  readonly undecided: readonly string[];
  /** None of them takes alerts yet. */
  readonly allClosed: boolean;
}

export interface Installation {
  readonly config: Config;
  readonly admin: AdminAccount;
  readonly dataDir: string;
  readonly logPath: string;
  /** Null where it is off, or Temporal is not the embedded one. */
  readonly temporalUi: string | null;
  readonly alertSources: AlertSourcesAtStart;
}

/** What a person sees when everything is up. */
export function asText({ config, admin, dataDir, logPath, temporalUi, alertSources }: Installation): string {
  const { baseUrl } = config;
  const places: [string, string][] = [['Pages', `${baseUrl}/dashboard/`]];
  if (config.demo) places.push(['Inbox', `${baseUrl}/dashboard/inbox/   what would have been sent, and to whom`]);
  places.push(['API docs', `${baseUrl}/api/docs/`]);
  if (temporalUi !== null) places.push(['Temporal', temporalUi]);
  places.push(['Sign in', signIn(config, admin)], ['Data', dataDir], ['Logs', logPath]);
  const lines = ['', 'IMAS is up.', '', ...places.map(([name, value]) => `  ${name.padEnd(9)} ${value}`)];
  if (config.demo) lines.push('', 'Send a first alert, and watch it reach Ann in the inbox:', '', ...firstAlert(baseUrl));
  lines.push(...aboutAlertSources(alertSources), '', 'Ctrl-C stops everything.', '');
  return `${lines.join('\n')}\n`;
}

export function asJson({ config, admin, dataDir, temporalUi }: Installation): string {
  const { username } = admin;
  const password = config.admin.password === null ? admin.password : null;
  return `${JSON.stringify({ url: config.baseUrl, temporal_ui: temporalUi, data_dir: dataDir, admin: { username, password } })}\n`;
}

function aboutAlertSources({ undecided, allClosed }: AlertSourcesAtStart): readonly string[] {
  const example = '  npx imas alert-sources secret "Prometheus Alertmanager"';
  if (undecided.length > 0)
    return [
      '',
      `Warning: anybody who can reach IMAS can send alerts to ${undecided.join(', ')}. Give each a secret, or decide on the alert sources page:`,
      '',
      example,
    ];
  return allClosed ? ['', 'Alerts are refused until their alert source has a secret. For Alertmanager:', '', example] : [];
}

function signIn(config: Config, admin: AdminAccount): string {
  if (config.admin.password !== null && admin.password !== null) return `${admin.username}, password from IMAS_ADMIN_PASSWORD`;
  if (admin.password !== null) return `${admin.username} / ${admin.password}   (shown only once)`;
  return `${admin.username}   (forgotten? npm start -- --reset-admin-password)`;
}

function firstAlert(baseUrl: string): readonly string[] {
  const body = JSON.stringify({
    title: 'Redis is out of memory',
    service: 'redis-prod',
    severity: 'SEV1_CRITICAL',
    status: 'firing',
    description: 'used_memory is at 98 % of maxmemory',
  });
  return [`  curl -X POST ${baseUrl}/api/v1/webhooks/generic/ -H 'Content-Type: application/json' \\`, `    -d '${body}'`];
}
