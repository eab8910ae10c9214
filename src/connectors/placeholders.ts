/**
 * `{{name}}` in a text. There is nothing else to it: no code, no loops, no conditions. Whatever stands between two braces without one of them
 * inside is a name.
 */
const placeholder = /\{\{([^{}]*)\}\}/g;

/** Replaces the placeholders of one text, in one pass: no value is taken for a placeholder. What is no name of a value stays as it is. */
export const fillText = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(placeholder, (whole, inner: string) => {
    const name = inner.trim();
    return Object.hasOwn(values, name) ? (values[name] as string) : whole;
  });

/** The names that a text has placeholders for. */
export const namesIn = (text: string): readonly string[] => [...text.matchAll(placeholder)].map(([, inner = '']) => inner.trim());

/** Whether there are braces that belong to no placeholder: `{{incident.title}`. */
export function hasLooseBraces(text: string): boolean {
  const rest = text.replaceAll(placeholder, '');
  return rest.includes('{{') || rest.includes('}}');
}
