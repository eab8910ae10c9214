/** Of an embed, those parts that are used; limits by docs.discord.com/developers/resources/message, embed limits. */
export interface Embed {
  readonly color: number;
  readonly title?: string;
  readonly url?: string;
  readonly description?: string;
  readonly timestamp?: string;
  readonly author?: { readonly name: string };
  readonly fields?: readonly Field[];
  readonly footer?: { readonly text: string };
}

export interface Field {
  readonly name: string;
  readonly value: string;
  readonly inline: boolean;
}

export const limits = { content: 2000, title: 256, author: 256, description: 4096, fields: 25, name: 256, value: 1024, all: 6000 } as const;

/** Characters that count together: UTF-16 units are never fewer. */
export function weight({ title = '', description = '', author, footer, fields = [] }: Omit<Embed, 'color'>): number {
  const texts = [title, description, author?.name ?? '', footer?.text ?? '', ...fields.flatMap(({ name, value }) => [name, value])];
  return texts.reduce((sum, { length }) => sum + length, 0);
}

/** The first fields that fit. @param room characters */
export function fieldsWithin(fields: readonly Field[], room: number, count: number): readonly Field[] {
  const some: Field[] = [];
  let left = room;
  for (const field of fields.slice(0, count)) {
    left -= field.name.length + field.value.length;
    if (left < 0) break;
    some.push(field);
  }
  return some;
}

/** `#DC3545` as the number that Discord takes. */
export const colorOf = (hex: string): number => Number.parseInt(hex.slice(1), 16);
