/** Of an answer what `fields` asks for: `id,files(id,name)` (developers.google.com/workspace/drive/api/guides/fields-parameter). Null where the mask is not valid. */
export function masked(value: unknown, fields: string): unknown {
  const mask = parse(fields);
  return mask === null ? null : applied(value, mask);
}

type Mask = Map<string, Mask | null>;

function parse(fields: string): Mask | null {
  let at = 0;
  const group = (): Mask | null => {
    const mask: Mask = new Map();
    for (;;) {
      const [name] = /^[A-Za-z]\w*/.exec(fields.slice(at)) ?? [];
      if (name === undefined) return null;
      at += name.length;
      let inner: Mask | null = null;
      if (fields[at] === '(') {
        at += 1;
        inner = group();
        if (inner === null || fields[at] !== ')') return null;
        at += 1;
      }
      mask.set(name, inner);
      if (fields[at] !== ',') return mask;
      at += 1;
    }
  };
  const mask = group();
  return at === fields.length ? mask : null;
}

function applied(value: unknown, mask: Mask): unknown {
  if (Array.isArray(value)) return value.map((one) => applied(one, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => {
      if (!mask.has(name)) return [];
      const inner = mask.get(name) ?? null;
      return [[name, inner === null ? part : applied(part, inner)]];
    }),
  );
}
