/** Whom a message calls, as docs.slack.dev/messaging/formatting-message-text says: by a token, or where Slack makes one of what is written like it. */

const token = /<(!channel|!here|!everyone|@[UW][A-Z0-9]+|!subteam\^[A-Z0-9]+)(?:\|[^<>]*)?>/g;
const written = /@(channel|here|everyone)\b/g;

const tokensIn = (text: string): string[] => [...text.matchAll(token)].map(([, what]) => what as string);
const writtenIn = (text: string): string[] => [...text.matchAll(written)].map(([, what]) => `!${what}`);

interface TextObject {
  readonly type: string;
  readonly text: string;
  readonly verbatim?: boolean;
}

/** Text objects anywhere in blocks. */
function textsIn(value: unknown): TextObject[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, text } = value as Partial<TextObject>;
  if (typeof type === 'string' && typeof text === 'string') return [value as TextObject];
  return Object.values(value).flatMap(textsIn);
}

/** @param parse what `chat.postMessage` and `chat.update` call so: with `full` and `client`, `@here` is read as a call */
export function callsIn(text: string, blocks: readonly unknown[], parse: string): readonly string[] {
  const inBlocks = textsIn(blocks)
    .filter(({ type }) => type === 'mrkdwn')
    .flatMap((one) => [...tokensIn(one.text), ...(one.verbatim === true ? [] : writtenIn(one.text))]);
  return [...new Set([...tokensIn(text), ...(parse === 'none' ? [] : writtenIn(text)), ...inBlocks])];
}

/** `<` opens a link, a mention or a date and nothing else, `&` an entity: what is sent otherwise was not escaped. */
export function isEscaped(text: string): boolean {
  const rest = text
    .replaceAll(token, '')
    .replaceAll(/<https?:\/\/[^<>|\s]+(\|[^<>]*)?>/g, '')
    .replaceAll(/&(amp|lt|gt);/g, '');
  return !/[<>&]/.test(rest);
}

export const mrkdwnIn = (blocks: readonly unknown[]): readonly string[] =>
  textsIn(blocks)
    .filter(({ type }) => type === 'mrkdwn')
    .map(({ text }) => text);
