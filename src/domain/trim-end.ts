/** Without any of these characters at its end. An expression such as `/\/+$/` takes time with the square of what it does not match. */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
