/** A log-in of a browser, or a link that was given to a reader. The secret itself is never kept: its digest is the key. */
export interface Session {
  /** Digest of the secret, made by the caller (SHA-256, base64url). */
  readonly digest: string
  readonly kind: 'session' | 'link'
  /** What it ends with: for a session the digest of the token that it was opened with, for a link whoever made it. */
  readonly who: string
  /** As it was when it was opened; what it may do is asked of its token each time. */
  readonly role: 'reader' | 'operator'
  /** `undefined`: all. */
  readonly pixels: readonly string[] | undefined
  readonly createdMs: number
  readonly endsMs: number
}

/** Log-ins and links outlive a restart. */
export interface Sessions {
  putSession(session: Session): Promise<void>
  /** `undefined` when there is none, or it is over at that time. */
  getSession(digest: string, nowMs: number): Promise<Session | undefined>
  /** Those that are not over, the newest first. */
  listSessions(kind: Session['kind'], nowMs: number): Promise<readonly Session[]>
  /** Ends one by its digest; `false` when there was none. */
  dropSession(digest: string): Promise<boolean>
  /** Ends all that end with somebody, as when a token is removed. Resolves with their number. */
  dropSessionsOf(who: string): Promise<number>
}
