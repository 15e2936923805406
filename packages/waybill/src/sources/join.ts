import type { FriendlyUser } from '../contract/friendly-person.ts'
import { FRIENDLY_USER } from '../contract/friendly-user.ts'
import type { LooseEvent } from '../contract/loose-event.ts'
import { digest } from '../identity/digest.ts'
import { sha256Hex } from '../identity/sha256.ts'
import { present } from './read.ts'
import type { Remembered } from './source.ts'
import { wishIn } from './wish.ts'

/** What was kept of a visitor at landing; what `recall` of `waybill/oppref` gives fits. */
export interface Visit {
  /** Whether the visitor agreed. */
  readonly consent: boolean
  /** The click reference, exactly as it came. */
  readonly oppref?: string | undefined
  /** The pixel's browser reference. */
  readonly obref?: string | undefined
  /** The visitor's IPv4 or IPv6 address. */
  readonly ipAddress?: string | undefined
  /** The visitor's `User-Agent` header. */
  readonly userAgent?: string | undefined
}

/**
 * The event with what was kept of the visitor. What the event says itself stays. Without consent it loses click reference,
 * browser reference, IP address and user agent, wherever they came from.
 */
export function withVisit(event: LooseEvent, visit: Visit): LooseEvent {
  const { oppref, obref, ipAddress, userAgent } = visit
  if (!visit.consent) return withoutTraces(event)
  const joined = withUser(event, present({ ipAddress, userAgent, obref }))
  return { ...joined, ...present({ oppref: event.oppref ?? oppref }) }
}

/** The event with what is known of its person. What the event says itself stays. */
export function withUser(event: LooseEvent, known: FriendlyUser): LooseEvent {
  const user = { ...known, ...present({ ...event.user }) }
  return Object.keys(user).length === 0 ? event : { ...event, user }
}

/** The event with what was remembered of its person: who it is, and a wish not to be used. */
export function withRemembered(event: LooseEvent, { user, optOut }: Pick<Remembered, 'user' | 'optOut'>): LooseEvent {
  const joined = withUser(event, user)
  const wish = wishIn(...[event.optOut, optOut].map((value) => ({ optOut: value })))
  return { ...joined, ...wish }
}

/** What is remembered of a person from now on: what is newer counts, and what it does not say stays. */
export function remembered(
  before: Pick<Remembered, 'user' | 'optOut'> | undefined,
  { user, optOut = before?.optOut }: Pick<Remembered, 'user' | 'optOut'>,
): Pick<Remembered, 'user' | 'optOut'> {
  return { user: { ...before?.user, ...user }, ...present({ optOut }) }
}

function withoutTraces({ oppref: _oppref, user, ...event }: LooseEvent): LooseEvent {
  const { ipAddress: _ipAddress, userAgent: _userAgent, obref: _obref, ...rest } = user ?? {}
  return Object.keys(rest).length === 0 ? event : { ...event, user: rest }
}

/** The key under which a person's traits are remembered: a digest, because an id can be an email address. */
export function personKey(kind: 'user' | 'anonymous', id: string): string {
  return sha256Hex(`${kind}:${id}`)
}

/** A person fit to be kept: email, external id, phone and names as digests; what cannot be hashed is left out. */
export function hashed(user: FriendlyUser): FriendlyUser {
  const entries = Object.entries(user).flatMap(([key, value]): [string, unknown][] => {
    const kind = FRIENDLY_USER.get(key)?.kind
    if (kind === undefined) return [[key, value]]
    const digests = [value].flat().flatMap((one) => {
      const result = digest(kind, one as string)
      return result.ok ? [result.sha256] : []
    })
    return digests.length === 0 ? [] : [[key, digests.length === 1 ? digests[0] : digests]]
  })
  return Object.fromEntries(entries) as FriendlyUser
}
