/** A log-in of a browser, or a link that was given to a reader. The secret itself is never kept: its digest is the key. */
export interface Session {
  /** Digest of the secret, made by the caller (SHA-256, base64url). */
  readonly digest: string
  readonly kind: 'session' | 'link'
  /** Who it acts as: for a session the name of its token. */
  readonly who: string
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
  /** Ends all that act as somebody: when a token is removed. Resolves with their number. */
  dropSessionsOf(who: string): Promise<number>
}
