import { z } from 'zod';
import { trimEndOf } from '../domain/trim-end.ts';
import type { Connector, Notify } from './connector.ts';
import { typeOf } from './registry.ts';
import { destinationFields, secrecyOf } from './secret.ts';

const abilities = ['notify', 'rooms', 'documents', 'tickets', 'builds', 'commitStatuses', 'alerts', 'inbound', 'listen'] as const;
export type Ability = (typeof abilities)[number];

/** A connector as forms, the API and the docs show it. */
export interface ConnectorDescription {
  readonly id: string;
  /** As the API spells a provider's type. */
  readonly type: string;
  readonly title: string;
  /** Markdown. */
  readonly about: string;
  readonly abilities: readonly Ability[];
  readonly medium: Notify<unknown>['medium'] | null;
  readonly fields: readonly FieldDescription[];
}

export interface FieldDescription {
  readonly name: string;
  /** `object` holds names and texts; `json` holds anything. */
  readonly kind: 'text' | 'number' | 'boolean' | 'choice' | 'choices' | 'list' | 'object' | 'json';
  readonly required: boolean;
  /** Encrypted and masked: as a whole, or (`partly`) what stands under telling names in it. */
  readonly secret: boolean | 'partly';
  /** Says where or how the secrets are sent: when it changes, they must be entered again. */
  readonly decidesDestination: boolean;
  readonly default: unknown;
  /** Markdown, one line. */
  readonly description: string;
  /** For `choice` and `choices`. */
  readonly options: readonly string[];
}

interface FieldSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: FieldSchema;
  readonly anyOf?: readonly FieldSchema[];
  readonly additionalProperties?: FieldSchema | boolean;
  readonly default?: unknown;
  readonly description?: string;
}

export function describeConnector(connector: Connector): ConnectorDescription {
  return {
    id: connector.id,
    type: typeOf(connector),
    title: connector.title,
    about: connector.about,
    abilities: abilities.filter((name) => connector[name] !== undefined),
    medium: connector.notify?.medium ?? null,
    fields: connector.config === undefined ? [] : describeFields(connector.config),
  };
}

function describeFields(config: z.ZodType): FieldDescription[] {
  const schema = z.toJSONSchema(config, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, FieldSchema>;
    required?: string[];
  };
  const secrecy = secrecyOf(config);
  const destinations = destinationFields(config);
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    kind: kindOf(field),
    required: schema.required?.includes(name) ?? false,
    secret: secrecy.get(name) === 'named' ? 'partly' : secrecy.has(name),
    decidesDestination: destinations.has(name),
    default: field.default ?? null,
    description: field.description ?? '',
    options: field.enum ?? field.items?.enum ?? [],
  }));
}

function kindOf(field: FieldSchema): FieldDescription['kind'] {
  if (field.enum !== undefined) return 'choice';
  if (field.anyOf !== undefined) return 'json';
  switch (field.type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array':
      return field.items?.enum === undefined ? 'list' : 'choices';
    case 'object':
      return 'object';
    default:
      return 'text';
  }
}

const notice = '<!-- Written by `npm run docs` from the connector itself. -->';

/** The connector's page below `docs/connectors/`. */
export function connectorPage(connector: Connector): string {
  const { id, title, about, fields, type } = describeConnector(connector);
  const kinds = [
    ...(connector.notify === undefined ? [] : [`Provider type \`${type}\`.`]),
    ...(connector.alerts === undefined ? [] : [`Alert source \`${id}\`.`]),
  ].join(' ');
  const parts = [
    notice,
    `# ${title}`,
    ...(kinds === '' ? [] : [kinds]),
    about,
    ...(fields.length === 0 ? [] : ['## Configuration', fieldTable(fields)]),
  ];
  return `${trimEndOf(parts.join('\n\n'), '\n')}\n`;
}

/** `ovh-sms.md` for OVH_SMS. */
export const connectorPageName = (connector: Connector): string => `${connector.id}.md`;

function fieldTable(fields: readonly FieldDescription[]): string {
  const rows = fields.map((field) => {
    const notes = [
      field.description,
      field.options.length > 0 ? `One of ${field.options.map((option) => `\`${option}\``).join(', ')}.` : '',
      field.secret === true ? 'Stored encrypted, returned masked.' : '',
      field.decidesDestination ? 'When it changes, secrets must be entered again.' : '',
    ];
    const preset = field.default === null ? '' : `\`${JSON.stringify(field.default)}\``;
    return `| \`${field.name}\`${field.required ? ' *' : ''} | ${field.kind} | ${preset} | ${notes
      .filter((note) => note !== '')
      .join(' ')
      .replaceAll('|', '\\|')} |`;
  });
  return ['| field | kind | default | |', '|---|---|---|---|', ...rows, '', '\\* required'].join('\n');
}

/** The table of contents of `docs/connectors/`. */
export function connectorIndex(connectors: readonly Connector[]): string {
  const rows = connectors.map(
    (connector) =>
      `| [${connector.title}](${connectorPageName(connector)}) | ${connector.notify === undefined ? '' : `\`${typeOf(connector)}\``} | ${connector.alerts === undefined ? '' : `\`${connector.id}\``} |`,
  );
  return `${[notice, '# Connectors', ['| system | provider type | alert source |', '|---|---|---|', ...rows].join('\n')].join('\n\n')}\n`;
}
