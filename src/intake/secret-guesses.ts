/**
 * Slows guesses at the secrets of alert sources, without a look at the store for those that are right. `address` is that of the
 * webhook, `network` where the request comes from.
 */
export interface SecretGuesses {
  /** Seconds until a secret from there is looked at; 0 for at once, which is the rule. */
  waitSeconds(address: string, network: string): number;
  /** It was wrong: counted, for all API processes. Never rejects. */
  wasWrong(address: string, network: string): Promise<void>;
  /** It was right: a network that alerts come from is not kept waiting by others who share it. */
  wasRight(address: string, network: string): void;
}
