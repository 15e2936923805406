import type { FriendlyEvent, FriendlyUser } from '../contract/event.ts'
import { FRIENDLY_USER } from '../contract/friendly-user.ts'
import { digest } from '../identity/digest.ts'
import { sha256Hex } from '../identity/sha256.ts'
import { present } from './read.ts'

/** What was kept of a visitor at landing; what `recall` of `waybill/oppref` gives fits. */
export interface Visit {
  readonly consent: boolean
  readonly oppref?: string | undefined
  readonly obref?: string | undefined
  readonly ipAddress?: string | undefined
  readonly userAgent?: string | undefined
}

/**
 * The event with what was kept of the visitor. What the event says itself stays. Without consent it loses click reference,
 * browser reference, IP address and user agent, wherever they came from.
 */
export function withVisit(event: FriendlyEvent, visit: Visit): FriendlyEvent {
  const { oppref, obref, ipAddress, userAgent } = visit
  if (!visit.consent) return withoutTraces(event)
  const joined = withUser(event, present({ ipAddress, userAgent, obref }))
  return { ...joined, ...present({ oppref: event.oppref ?? oppref }) }
}

/** The event with what is known of its person. What the event says itself stays. */
export function withUser(event: FriendlyEvent, known: FriendlyUser): FriendlyEvent {
  const user = { ...known, ...present({ ...event.user }) }
  return Object.keys(user).length === 0 ? event : { ...event, user }
}

function withoutTraces({ oppref: _oppref, user, ...event }: FriendlyEvent): FriendlyEvent {
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
