/** A text as Slack writes it, in the form of others: docs.slack.dev/messaging/formatting-message-text#retrieving-messages. */

/** Members that are mentioned, `<@U0123456789>`. */
export const mentioned = (text: string): readonly string[] => [...text.matchAll(/<@([UW][A-Z0-9]{1,40})/g)].map(([, id]) => id as string);

type Names = ReadonlyMap<string, string>;

/** Without any formatting. */
export const toPlain = (text: string, names: Names): string =>
  text.replaceAll(token, (_, inside: string) => tokenText(inside, names, (address, name) => name ?? address)).replaceAll(entity, unescape);

/** As Markdown: what is code stays as it is. */
export function toMarkdown(text: string, names: Names): string {
  return text
    .split(/(```[^`]*```|`[^`\n]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : styled(part)))
    .join('')
    .replaceAll(token, (_, inside: string) =>
      tokenText(inside, names, (address, name) => (name === null ? address : `[${name}](${address})`)),
    )
    .replaceAll(entity, unescape);
}

const token = /<([^<>]{1,4000})>/g;
const entity = /&(?:amp|lt|gt);/g;
const characters: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
const unescape = (found: string): string => characters[found] ?? found;

/** One star is bold here, and one tilde strikes out. A single line break counts. */
const styled = (text: string): string =>
  text
    .replaceAll(/(^|[\s(])\*([^\s*](?:[^*\n]{0,500}[^\s*])?)\*(?=[\s).,;:!?]|$)/gm, '$1**$2**')
    .replaceAll(/(^|[\s(])~([^\s~](?:[^~\n]{0,500}[^\s~])?)~(?=[\s).,;:!?]|$)/gm, '$1~~$2~~')
    .replaceAll(/([^\n])\n(?=[^\n])/g, '$1  \n');

/** What stands between `<` and `>`: a member, a channel, a group or everybody, an instant, or an address. */
function tokenText(inside: string, names: Names, linked: (address: string, name: string | null) => string): string {
  const [target = '', ...rest] = inside.split('|');
  const name = rest.length === 0 ? null : rest.join('|');
  if (target.startsWith('@')) return `@${name ?? names.get(target.slice(1)) ?? target.slice(1)}`;
  if (target.startsWith('#')) return `#${name === null || name === '' ? target.slice(1) : name}`;
  if (target.startsWith('!subteam^')) return name ?? '@group';
  if (target.startsWith('!date^')) return name ?? target;
  if (target.startsWith('!')) return `@${name ?? target.slice(1)}`;
  return linked(target, name);
}
