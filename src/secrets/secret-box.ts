/** Encrypts what is stored. A sealed value opens only for the row and field that it was sealed for. */
export interface SecretBox {
  /** AES-256-GCM under the current key. `boundTo` names the row and field: `providers/<id>/password`. */
  seal(plain: string, boundTo: string): string;
  /** @throws SecretUnreadable when the key is gone, or the value was moved or changed. */
  open(sealed: string, boundTo: string): string;
  /** HMAC-SHA256 under a key of its own, base64url: the same for the same text as long as the current key is. `purpose` keeps its signatures apart from others. */
  sign(text: string, purpose: string): string;
  /** Whether it is sealed under the current key, by its own word: it may still not open. */
  isCurrent(sealed: string): boolean;
}

export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}
