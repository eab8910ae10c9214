import type { PayloadProblem } from '../../domain/alert-event.ts';

/** Why something was not delivered again; nothing was changed. */
export class NotRedelivered extends Error {
  override readonly name = 'NotRedelivered';
  /** `gone`: nothing has this id. `conflict`: as things are, it cannot be. `not_understood`: `problem` says where. */
  readonly kind: 'gone' | 'conflict' | 'not_understood';
  readonly problem: PayloadProblem | null;

  constructor(kind: NotRedelivered['kind'], message: string, problem: PayloadProblem | null = null) {
    super(message);
    this.kind = kind;
    this.problem = problem;
  }
}

export const gone = (): NotRedelivered => new NotRedelivered('gone', 'It is not there.');
export const conflict = (message: string): NotRedelivered => new NotRedelivered('conflict', message);
export const notUnderstood = (problem: PayloadProblem): NotRedelivered =>
  new NotRedelivered('not_understood', 'It is not understood.', problem);
