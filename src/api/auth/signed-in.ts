/** Who makes this request. */
export interface SignedIn {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly isStaff: boolean;
  /** How they showed it: a page's cookie, or a token in the header. */
  readonly by: 'session' | 'token';
}
