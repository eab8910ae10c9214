/** Somebody who can sign in. */
export interface Account {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly isStaff: boolean;
}

/** Who makes this request. */
export interface SignedIn extends Account {
  /** How they showed it: a page's cookie, or a token in the header. */
  readonly by: 'session' | 'token';
  /** The row of `tokens` of either. */
  readonly tokenId: string;
}
