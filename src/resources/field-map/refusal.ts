import type { FieldError } from '../../domain/field-path.ts';

export type RefusalKind = 'invalid' | 'forbidden' | 'unknown' | 'conflict';

/** A change that is not made. Its message is shown to whoever asked, so no secret may be in it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly kind: RefusalKind;
  readonly errors: readonly FieldError[] | undefined;

  constructor(kind: RefusalKind, message: string, errors?: readonly FieldError[]) {
    super(message);
    this.kind = kind;
    this.errors = errors;
  }
}

export const invalid = (errors: readonly FieldError[]): Refusal =>
  new Refusal('invalid', errors.map((error) => `${error.field}: ${error.reason}`).join('; '), errors);

export const conflict = (message: string): Refusal => new Refusal('conflict', message);
