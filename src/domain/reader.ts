/** Who reads what is sent: in which language the words are, and on whose clock the times. */
export interface Reader {
  readonly language: 'en' | 'fr';
  /** IANA name, as `Europe/Paris`. */
  readonly timeZone: string;
}

/** Of whom nothing is known: a channel, an address that is no user's, somebody who chose nothing. */
export const anyReader: Reader = { language: 'en', timeZone: 'UTC' };
