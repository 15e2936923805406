import { contentDigest } from '../../content-digest.ts'
import type { Acceptance, EventName, FirstArrival, NewEvent } from '../../event.ts'
import type { Hold } from '../../hold.ts'
import { KEPT_SOMEWHERE, leadingNames, otherNames } from '../../names.ts'
import type { EventOrigin } from '../../origin.ts'
import { refusalReason } from '../../refusal.ts'
import { sameBytes } from '../../same-bytes.ts'

/** An event as it comes, with the number of its account should it be new. */
export interface Arrival {
  readonly event: NewEvent
  readonly row: number
  readonly nowMs: number
  /** By `keyOf`; none without an id. */
  readonly key: string | undefined
}

/** What is known of an account that an arrival may meet. */
export interface KnownAccount {
  readonly row: number
  readonly content: Uint8Array
  /** `wire` as it is found; told for conflicts only. */
  readonly first: FirstArrival
  /** It waits and is not due. */
  readonly isWaiting: boolean
}

export interface Known {
  /** By `keyOf`. */
  readonly accounts: ReadonlyMap<string, KnownAccount>
  /** By `keyOf`, where a name leads to: the row of an account; `undefined` where nobody knows. */
  readonly told: ReadonlyMap<string, number | undefined>
  /** Why something of a shape would be held, asked of what one call brings more than once. */
  readonly holdOf: (event: Pick<NewEvent, 'pixel' | 'shape'>) => Pick<Hold, 'code' | 'message'> | undefined
  /** Rows that an earlier try of the same call wrote, whose answer was lost. What is found under them is its own. */
  readonly written: ReadonlySet<number>
}

/** Of arrivals that are all new, and each of another key. */
export const NOTHING_KNOWN: Known = {
  accounts: new Map(),
  told: new Map(),
  holdOf: () => undefined,
  written: new Set(),
}

export interface IntakePlan {
  /** In the order of the arrivals. */
  readonly acceptances: readonly Acceptance[]
  /** Accounts to open. */
  readonly opened: readonly Arrival[]
  /** Accounts that go on with other content, one after the other; `row` is theirs. */
  readonly reopened: readonly Arrival[]
  /** Accounts that only waited for another call of their conversion, and give way to it. */
  readonly discarded: readonly { readonly row: number; readonly nowMs: number }[]
  /** Names that lead to an account from here on. */
  readonly leading: readonly {
    readonly pixel: string
    readonly name: EventName
    readonly row: number
    readonly nowMs: number
  }[]
}

/** What tells accounts of a pixel apart. */
export function keyOf(pixel: string, { name, id }: EventName): string {
  return JSON.stringify([pixel, id, name])
}

export function keyOfEvent({ pixel, name, id }: NewEvent): string | undefined {
  return id === undefined ? undefined : keyOf(pixel, { name, id })
}

/** What becomes of each arrival, those before it counted: rules of the design, section 5, "Dedup at intake". */
export function planIntake(arrivals: readonly Arrival[], known: Known): IntakePlan {
  const planning = new Planning(known)
  const acceptances = arrivals.map((arrival) => planning.meet(arrival))
  return { ...planning, acceptances }
}

class Planning {
  readonly opened: Arrival[] = []
  readonly reopened: Arrival[] = []
  readonly discarded: { row: number; nowMs: number }[] = []
  readonly leading: { pixel: string; name: EventName; row: number; nowMs: number }[] = []
  readonly #accounts: Map<string, KnownAccount>
  readonly #told: Map<string, number | undefined>
  readonly #written: ReadonlySet<number>
  readonly #holdOf: Known['holdOf']

  constructor({ accounts, told, written, holdOf }: Known) {
    this.#accounts = new Map(accounts)
    this.#told = new Map(told)
    this.#written = written
    this.#holdOf = holdOf
  }

  meet(arrival: Arrival): Acceptance {
    const { event, row } = arrival
    if (this.#written.has(row)) return { status: 'accepted', row }
    if (event.sameAs === undefined) return this.#meetOwn(arrival)
    const known = this.#meetOthers(arrival)
    if (known !== undefined) return known
    const acceptance = this.#meetOwn(arrival)
    for (const name of leadingNames(event)) this.#lead(arrival, name, acceptance.row)
    return acceptance
  }

  /** Under its other names, and under what was told to have its own. */
  #meetOthers(arrival: Arrival): Acceptance | undefined {
    const { event, nowMs, key: own } = arrival
    const isTold = own !== undefined && this.#told.has(own)
    const told = isTold ? this.#told.get(own) : undefined
    if (isTold && told === undefined) return KEPT_SOMEWHERE
    for (const name of otherNames(event)) {
      const key = keyOf(event.pixel, name)
      const account = this.#accounts.get(key)
      if (account === undefined || isOver(account.first)) continue
      if (!this.#givesWay(account, event)) return duplicateOf(account)
      this.discarded.push({ row: account.row, nowMs })
      this.#accounts.set(key, { ...account, isWaiting: false, first: { ...account.first, state: 'discarded' } })
    }
    const account = told === undefined ? undefined : [...this.#accounts.values()].findLast(({ row }) => row === told)
    return account === undefined || isOver(account.first) ? undefined : duplicateOf(account)
  }

  #meetOwn(arrival: Arrival): Acceptance {
    const { event, row, key } = arrival
    const account = key === undefined ? undefined : this.#accounts.get(key)
    if (account === undefined) {
      this.opened.push(arrival)
      if (key !== undefined) this.#accounts.set(key, this.#accountOf(arrival, row))
      return { status: 'accepted', row }
    }
    if (sameBytes(account.content, contentDigest(event))) return duplicateOf(account)
    if (!isOver(account.first) && !this.#givesWay(account, event))
      return { status: 'conflict', row: account.row, first: account.first }
    this.reopened.push({ ...arrival, row: account.row })
    this.#accounts.set(key!, this.#accountOf(arrival, account.row))
    return { status: 'accepted', row: account.row }
  }

  /** What an account is once an arrival opened it or goes on in it. */
  #accountOf({ event, nowMs }: Arrival, row: number): KnownAccount {
    const { state = 'queued', issues, origin, wire, dueMs = 0 } = event
    const isWaiting = state === 'queued' && dueMs > nowMs
    const about = { row, content: contentDigest(event), isWaiting }
    if (state !== 'queued') return { ...about, first: { state, ...refusalReason(issues), issues, origin, wire } }
    const hold = this.#holdOf(event)
    const seen = hold === undefined ? NOT_HELD : ({ state: 'held', code: hold.code, message: hold.message } as const)
    return { ...about, first: { ...seen, issues, origin, wire } }
  }

  #lead({ event: { pixel }, nowMs }: Arrival, name: EventName, row: number): void {
    this.leading.push({ pixel, name, row, nowMs })
    this.#told.set(keyOf(pixel, name), row)
  }

  /** What waits for a better arrival is replaced by it. */
  #givesWay({ isWaiting, first }: KnownAccount, event: NewEvent): boolean {
    return isWaiting && first.origin?.givesWay === true && !isPatient(event.origin)
  }
}

const NOT_HELD = { state: 'queued', code: undefined, message: undefined } as const

function isPatient(origin: EventOrigin | undefined): boolean {
  return origin?.givesWay === true
}

function duplicateOf({ row, first }: KnownAccount): Acceptance {
  return { status: 'duplicate', row, first: { ...first, wire: undefined } }
}

function isOver({ state }: FirstArrival): boolean {
  return state === 'refused' || state === 'expired' || state === 'discarded'
}
