import type { AdminRole } from '../../config/index.ts'
import { tokenDigest } from '../token-book.ts'
import type { Link, Session, SessionStore } from './session.ts'

/** Whom a token, or a session of it, stands for. */
export interface Holder {
  readonly who: string
  readonly role: AdminRole
  readonly pixels: '*' | readonly string[]
  /** Set for whoever came by a link. */
  readonly link?: string
}

/** A session that counts, and whose it is. */
export interface Standing extends Holder {
  readonly digest: string
  readonly expiresMs: number
}

export interface SessionBookOptions {
  readonly store: SessionStore
  readonly now: () => number
  /** A text that nobody can guess; 32 bytes or more. */
  readonly random: () => string
  /** Whose token of the configuration has this digest. */
  readonly tokenOf: (digest: string) => Holder | undefined
}

export const SESSION_MS: number = 12 * 60 * 60 * 1_000

/** Who is logged in. The store has it all; what lies here answers each request without asking there. */
export class SessionBook {
  readonly #options: SessionBookOptions
  readonly #sessions = new Map<string, Session>()
  /** By the digest of the token. */
  readonly #links = new Map<string, Link>()

  constructor(options: SessionBookOptions) {
    this.#options = options
  }

  /** Takes up what an earlier life of the relay left, once. */
  async load(): Promise<void> {
    const { store } = this.#options
    for (const link of await store.links()) this.#links.set(link.digest, link)
    for (const session of await store.sessions()) this.#sessions.set(session.digest, session)
    await this.endStale()
  }

  /** Whose token this is; `undefined` for one that nobody knows. */
  holderOf(token: string): Holder | undefined {
    return this.#holderOf(tokenDigest(token))
  }

  /** Opens a session for whoever showed a token of theirs. `secret` is for the browser, and is kept nowhere. */
  async open(token: string, holder: Holder): Promise<{ readonly secret: string; readonly standing: Standing }> {
    const { store, now, random } = this.#options
    const digest = tokenDigest(token)
    const link = this.#linkOf(digest)
    const secret = random()
    const nowMs = now()
    const expiresMs = Math.min(nowMs + SESSION_MS, link?.expiresMs ?? Number.POSITIVE_INFINITY)
    const session: Session = { digest: tokenDigest(secret), tokenDigest: digest, createdMs: nowMs, expiresMs }
    await this.endStale()
    await store.putSession(session, holder)
    this.#sessions.set(session.digest, session)
    if (link !== undefined) await this.#keep({ ...link, lastUsedMs: nowMs })
    return { secret, standing: { ...holder, digest: session.digest, expiresMs } }
  }

  /** Whose session it is; `undefined` once it ended, or its token went. */
  find(secret: string): Standing | undefined {
    const session = this.#sessions.get(tokenDigest(secret))
    const holder = session && this.#holderIn(session)
    return holder && { ...holder, digest: session.digest, expiresMs: session.expiresMs }
  }

  /** Ends a session. */
  async end(digest: string): Promise<void> {
    this.#sessions.delete(digest)
    await this.#options.store.dropSession(digest)
  }

  /** Ends what ran out and what has no token any more: a token that comes back brings no session back. */
  async endStale(): Promise<void> {
    for (const session of [...this.#sessions.values()])
      if (this.#holderIn(session) === undefined) await this.end(session.digest)
  }

  /** The newest first, those included that ran out or were withdrawn. */
  links(): readonly Link[] {
    return [...this.#links.values()].sort((one, other) => other.createdMs - one.createdMs)
  }

  /** Makes a link and its token, which is shown this once. */
  async addLink(
    about: Pick<Link, 'name' | 'pixels' | 'by'> & { readonly forMs: number },
  ): Promise<{ readonly link: Link; readonly token: string }> {
    const { now, random } = this.#options
    const { forMs, ...given } = about
    const token = random()
    const digest = tokenDigest(token)
    const link = { ...given, id: digest.slice(0, 12), digest, createdMs: now(), expiresMs: now() + forMs }
    await this.#keep(link)
    return { link, token }
  }

  /** Ends a link and every session of it; `undefined` where there is none. */
  async withdraw(id: string): Promise<Link | undefined> {
    const link = this.links().find((one) => one.id === id)
    if (link === undefined || link.withdrawnMs !== undefined) return link
    const withdrawn = { ...link, withdrawnMs: this.#options.now() }
    await this.#keep(withdrawn)
    await this.endStale()
    return withdrawn
  }

  async #keep(link: Link): Promise<void> {
    await this.#options.store.putLink(link)
    this.#links.set(link.digest, link)
  }

  #holderIn({ tokenDigest: digest, expiresMs }: Session): Holder | undefined {
    return expiresMs <= this.#options.now() ? undefined : this.#holderOf(digest)
  }

  #holderOf(digest: string): Holder | undefined {
    const link = this.#linkOf(digest)
    if (link === undefined) return this.#options.tokenOf(digest)
    return { who: `link ${link.name}`, role: 'reader', pixels: link.pixels, link: link.id }
  }

  #linkOf(digest: string): Link | undefined {
    const link = this.#links.get(digest)
    const counts = link?.withdrawnMs === undefined && (link?.expiresMs ?? 0) > this.#options.now()
    return counts ? link : undefined
  }
}
