import { trimEndOf } from '../../domain/trim-end.ts';
import type { Registry } from '../../connectors/registry.ts';
import { describeResource, type ResourceField } from './describe.ts';
import type { Resource } from './resource.ts';

const notice = '<!-- Written by `npm run docs` from the resources themselves. -->';

/** `docs/resources.md`: everything that people configure, field by field. */
export function resourcesPage(resources: readonly Resource[], registry: Registry): string {
  const contents = resources.map(({ path, many }) => `- [${capital(many)}](#${path})`);
  const intro =
    'Everything that people configure. Each resource has the same five calls below `/api/v1`: list, create, read, update (`PATCH` changes only what the body names) and delete. Staff may change it; everyone who is signed in may read it, except where a field says otherwise.';
  const parts = [notice, '# Resources', intro, contents.join('\n'), ...resources.map((resource) => section(resource, registry))];
  return `${trimEndOf(parts.join('\n\n'), '\n')}\n`;
}

function section(resource: Resource, registry: Registry): string {
  const { about, fields, search_by, filter_by, order_by, example, path } = describeResource(resource, registry);
  const refused = Object.values(resource.refused ?? {});
  return [
    `## ${capital(resource.many)}`,
    `\`/api/v1/${path}/\``,
    about,
    fieldTable(fields),
    [
      `- Search looks in ${names(search_by)}.`,
      `- Filters: ${names(filter_by)}.`,
      `- Ordering: ${names(order_by)}; \`-\` before a name turns it round.`,
      ...refused.map((sentence) => `- ${sentence}`),
    ].join('\n'),
    `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``,
  ].join('\n\n');
}

function fieldTable(fields: readonly ResourceField[]): string {
  const rows = fields.map((field) => {
    const preset = field.default === null ? '' : `\`${JSON.stringify(field.default)}\``;
    return `| ${field.label} | \`${field.name}\`${field.required ? ' *' : ''} | ${kindText(field)} | ${preset} | ${notes(field).replaceAll('|', '\\|')} |`;
  });
  return ['| Field | API | Kind | Default | |', '|---|---|---|---|---|', ...rows, '', '\\* required'].join('\n');
}

function kindText({ kind, refers_to: to }: ResourceField): string {
  return to === null ? kind.replace('_', ' ') : `id from [${to.replaceAll('-', ' ')}](#${to})`;
}

function notes(field: ResourceField): string {
  const others = [
    field.options.length > 0 ? `One of ${names(field.options)}.` : '',
    field.is_secret ? `Never shown; \`${field.read_name}\` says whether there is one.` : '',
    field.is_read_only ? 'Read-only.' : '',
    field.readers === 'staff' ? 'Only staff may read it.' : '',
    field.writers === 'everyone' ? 'Everyone may change it.' : '',
  ];
  return [field.help, ...others].filter((note) => note !== '').join(' ');
}

const names = (list: readonly string[]): string => list.map((name) => `\`${name}\``).join(', ');

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
