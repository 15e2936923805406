import type { Holder } from './session-book.ts'

/** Somebody's log-in. What the browser shows is kept as its digest alone, so that whoever reads the file cannot log in with it. */
export interface Session {
  /** Of what the browser shows, SHA-256 in hex. */
  readonly digest: string
  /** Of the token it was opened with: without that token the session ends. */
  readonly tokenDigest: string
  readonly createdMs: number
  readonly expiresMs: number
}

/** A reader's way to the page for a while, made for somebody without a token of the configuration. */
export interface Link {
  readonly id: string
  /** Of its token, SHA-256 in hex. */
  readonly digest: string
  /** Whom it is for, in the maker's words. */
  readonly name: string
  readonly pixels: readonly string[]
  readonly by: string
  readonly createdMs: number
  readonly expiresMs: number
  /** Of the last log-in with it. */
  readonly lastUsedMs?: number | undefined
  readonly withdrawnMs?: number | undefined
}

/** What log-ins need of a store: it outlives a restart. */
export interface SessionStore {
  putSession(session: Session, holder: Pick<Holder, 'role' | 'pixels'>): Promise<void>
  dropSession(digest: string): Promise<void>
  sessions(): Promise<readonly Session[]>
  /** Replaces one of the same id. */
  putLink(link: Link): Promise<void>
  links(): Promise<readonly Link[]>
}
