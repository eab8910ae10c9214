import { said, type Said } from '../../domain/said.ts';
import { words } from '../../texts/languages.ts';
import type { Failure } from '../outcome.ts';

/** Discord does not let us listen until a person changes something. */
export class ListeningEnded extends Error {
  override readonly name = 'ListeningEnded';
  readonly said: Said;
  readonly cure: Said | null;

  constructor({ reason, cure }: Pick<Failure, 'reason' | 'cure'>) {
    super(words(reason));
    this.said = reason;
    this.cure = cure;
  }
}

const authenticationFailed = 4004;

export const refusedByGateway = (code: number): ListeningEnded =>
  new ListeningEnded({
    reason: said('cause.discord.gatewayClosed', { code }),
    cure: code === authenticationFailed ? said('cure.discord.token') : null,
  });
