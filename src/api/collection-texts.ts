import { readNameOf } from '../resources/field-map/field.ts';
import type { Resource } from '../resources/field-map/resource.ts';

export interface CallText {
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
}

/** What the API's documentation says of a resource's five calls. */
export function describeCalls(resource: Resource): Readonly<Record<'list' | 'read' | 'create' | 'update' | 'remove', CallText>> {
  const { one, many, about, searchBy, filterBy, orderBy, refused = {}, unique, fields, rights } = resource;
  const a = /^[aeio]/.test(one) ? 'an' : 'a';
  const staffOnly = rights.writers === 'staff' ? ` Only staff can do this; others get a 403.` : '';
  const taken = unique === null ? '' : ` Returns 409 if another ${one} has this \`${unique}\`, in any case.`;
  const notValid = 'Returns 422 if a value is not valid or an id is unknown, and names each field that is wrong.';
  const secrets = Object.entries(fields).filter(([, { place }]) => place === 'secret');
  const masked = secrets.map(
    ([name, field]) => ` \`${name}\` is never returned: \`${readNameOf(name, field)}\` says whether there is one.`,
  );
  const required = Object.keys(fields).filter((name) => fields[name]?.required);
  return {
    list: {
      summary: `List ${many}`,
      description: `Returns a page of ${many}, sorted by \`${orderBy[0]}\` unless \`ordering\` says otherwise; a minus sign reverses the order. \`search\` looks for a text in ${listed(searchBy, 'and')}. Filter by ${listed(filterBy, 'or')}. \`next\` is the address of the next page, null on the last one.`,
    },
    read: {
      summary: `Retrieve ${a} ${one}`,
      description: `${about} Returns the ${one} with this id, or 404 if there is none.${masked.join('')}`,
    },
    create: {
      summary: `Create ${a} ${one}`,
      description: `Creates ${a} ${one} and returns it. ${capital(listed(required, 'and'))} ${required.length > 1 ? 'are' : 'is'} required; a field that is left out gets its default.${staffOnly}${taken} ${notValid}${sentence(refused.create)}`,
    },
    update: {
      summary: `Update ${a} ${one}`,
      description: `Changes the fields that the body names, leaves all others as they are, and returns the ${one}.${staffOnly}${taken} ${notValid}${sentence(refused.update)}`,
    },
    remove: {
      summary: `Delete ${a} ${one}`,
      description: `Deletes the ${one} for good.${staffOnly} Returns 409, with what still uses it, while anything refers to it.${sentence(refused.delete)}`,
    },
  };
}

const sentence = (text: string | undefined): string => (text === undefined ? '' : ` ${text}`);

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `` `a`, `b` and `c` ``. */
function listed(names: readonly string[], word: 'and' | 'or'): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${word} ${quoted.at(-1)}`;
}
