import { contentDigest } from '../../content-digest.ts'
import type { Acceptance, FirstArrival, NewEvent } from '../../event.ts'
import type { EventOrigin } from '../../origin.ts'
import { refusalReason } from '../../refusal.ts'
import { sameBytes } from '../../same-bytes.ts'

/** An event as it comes, with the number of its account should it be new. */
export interface Arrival {
  readonly event: NewEvent
  readonly row: number
  readonly nowMs: number
  /** Pixel, name and id; `undefined` for one without an id. */
  readonly key: string | undefined
}

/** What is known of an account under the key of an arrival. */
export interface KnownAccount {
  readonly row: number
  readonly content: Uint8Array
  /** `wire` as it is found; told for conflicts only. */
  readonly first: FirstArrival
  /** It waits and is not due. */
  readonly isWaiting: boolean
}

export interface IntakePlan {
  /** In the order of the arrivals. */
  readonly acceptances: readonly Acceptance[]
  /** Accounts to open. */
  readonly opened: readonly Arrival[]
  /** Accounts that go on with other content, one after the other; `row` is theirs. */
  readonly reopened: readonly Arrival[]
}

/**
 * What becomes of each arrival, those before it counted: rules of the design, section 5, "Dedup at intake". `written`: rows that an earlier
 * try of the same call wrote, whose answer was lost; what is found under them is its own.
 */
export function planIntake(
  arrivals: readonly Arrival[],
  known: ReadonlyMap<string, KnownAccount>,
  written: ReadonlySet<number>,
): IntakePlan {
  const now = new Map(known)
  const opened: Arrival[] = []
  const reopened: Arrival[] = []
  const acceptances = arrivals.map((arrival): Acceptance => {
    const { row, key } = arrival
    if (written.has(row)) return { status: 'accepted', row }
    const account = key === undefined ? undefined : now.get(key)
    if (account === undefined) {
      opened.push(arrival)
      if (key !== undefined) now.set(key, accountOf(arrival, row))
      return { status: 'accepted', row }
    }
    const met = meet(arrival, account)
    if (met.status !== 'accepted') return met
    reopened.push({ ...arrival, row: account.row })
    now.set(key!, accountOf(arrival, account.row))
    return met
  })
  return { acceptances, opened, reopened }
}

function meet({ event }: Arrival, { row, content, first, isWaiting }: KnownAccount): Acceptance {
  if (sameBytes(content, contentDigest(event)))
    return { status: 'duplicate', row, first: { ...first, wire: undefined } }
  if (isOver(first) || (isWaiting && givesWay(first.origin, event.origin))) return { status: 'accepted', row }
  return { status: 'conflict', row, first }
}

function isOver({ state }: FirstArrival): boolean {
  return state === 'refused' || state === 'expired' || state === 'discarded'
}

/** What waits for a better arrival is replaced by it. */
function givesWay(first: EventOrigin | undefined, origin: EventOrigin | undefined): boolean {
  return first?.givesWay === true && origin?.givesWay !== true
}

/** What an account is once an arrival opened it or goes on in it. */
function accountOf({ event, nowMs }: Arrival, row: number): KnownAccount {
  const { state = 'queued', issues, origin, wire, dueMs = 0 } = event
  const reason = state === 'queued' ? { code: undefined, message: undefined } : refusalReason(issues)
  const first = { state, ...reason, issues, origin, wire }
  return { row, content: contentDigest(event), first, isWaiting: state === 'queued' && dueMs > nowMs }
}
