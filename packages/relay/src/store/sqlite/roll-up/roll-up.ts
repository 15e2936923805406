/**
 * What people count, kept while it happens: two counts under one key (time, kind, pixel, name, shape, source, code, currency), written in the
 * transaction of what they count.
 *
 * - *flow*: what happened then. It never goes down.
 * - *ends*: accounts by the minute of their present end; those that have not ended by the minute of their acceptance, under `ACCEPTED`. What
 *   leaves an end is taken out, and counted as flow of the end plus `LEFT`. Pruned accounts stand under the end plus `PRUNED`.
 */

import { minuteAt, QUARTER_GRAIN } from '../../roll-up/edges.ts'
import { Cells, type Change, type RollUpKey, wholeOf } from '../../roll-up/key.ts'
import { Latencies } from '../../roll-up/latencies.ts'
import { ACCEPTED, type DELIVERED, LEFT, PRUNED } from '../../state.ts'
import type { Database } from '../database.ts'
import type { Undo } from '../queue/undo.ts'
import { Grains } from './grains.ts'
import { KeysOfMinute } from './keys-of-minute.ts'
import { Packs } from './packs.ts'
import { type RollUpStatements, rollUpStatements } from './statements.ts'

/** What is counted of an account, beside its state. */
export interface Facts {
  readonly name: number
  readonly source: number
  /** 0: none. */
  readonly currency: number
  readonly amount: number
  readonly acceptedMs: number
  readonly timestampMs: number
}

/** Accounts that are counted together: all of one state and key, accepted in one minute. */
export interface Counted extends Pick<Facts, 'name' | 'source' | 'currency'> {
  readonly pixel: number
  readonly shape: number
  readonly acceptedMinute: number
  readonly events: number
  readonly money: number
}

/** How accounts ended: when, and why (a term, 0 for no reason). */
export interface EndedAs {
  readonly state: number
  readonly atMs: number
  readonly code: number
}

export class RollUp {
  readonly grains: Grains
  readonly packs: Packs
  readonly #undo: Undo
  readonly #statements: RollUpStatements
  readonly #keys: KeysOfMinute
  readonly #cells: Cells = new Cells()
  readonly #latencies: Latencies = new Latencies()

  /** Accounts below this row are not counted yet. */
  #countedFrom: number

  constructor(database: Database, undo: Undo, { timeZone, countedFrom }: { timeZone: string; countedFrom: number }) {
    this.#undo = undo
    this.#countedFrom = countedFrom
    this.grains = new Grains(database, undo, timeZone)
    this.packs = new Packs(database, undo)
    this.#statements = rollUpStatements(database, this.packs)
    this.#keys = new KeysOfMinute(this.#statements)
  }

  get countsAll(): boolean {
    return this.#countedFrom === 0
  }

  /** Of accounts that an older version kept: they are counted from the newest to the oldest, in steps. */
  get countedFrom(): number {
    return this.#countedFrom
  }

  isCounted(row: number): boolean {
    return row >= this.#countedFrom
  }

  /** Inside a transaction. 0: all are. */
  countFrom(row: number): void {
    const before = this.#countedFrom
    this.#undo.add(() => {
      this.#countedFrom = before
    })
    this.#countedFrom = row
  }

  /** New accounts; where they are, is counted by `enter` or `end`. */
  open(accounts: Counted): void {
    this.#add(accounts.acceptedMinute, ACCEPTED, accounts, 0, flowOf(accounts))
  }

  /** They have not ended. */
  enter(accounts: Counted): void {
    this.#add(accounts.acceptedMinute, ACCEPTED, accounts, 0, endsOf(accounts, 1))
  }

  /** They had not ended, and do. */
  leave(accounts: Counted): void {
    this.#add(accounts.acceptedMinute, ACCEPTED, accounts, 0, endsOf(accounts, -1))
  }

  end(accounts: Counted, { state, atMs, code }: EndedAs): void {
    const { events, money } = accounts
    const change = { flow: events, ends: events, flowMoney: money, endsMoney: money }
    this.#add(minuteAt(atMs), state, accounts, code, change)
  }

  /** They had ended, and go on, or end otherwise. */
  leaveEnd(accounts: Counted, { state, atMs, code }: EndedAs, nowMs: number): void {
    this.#add(minuteAt(atMs), state, accounts, code, endsOf(accounts, -1))
    this.#add(minuteAt(nowMs), state + LEFT, accounts, code, flowOf(accounts))
  }

  /** Their accounts are forgotten; the number stays. */
  prune(accounts: Counted, { state, atMs, code }: EndedAs): void {
    this.#add(minuteAt(atMs), state, accounts, code, endsOf(accounts, -1))
    this.#add(minuteAt(atMs), state + PRUNED, accounts, code, endsOf(accounts, 1))
  }

  /** What is no account: requests, and what contexts added. */
  happened(atMs: number, kind: number, pixel: number, code: number, times: number): void {
    const key = { kind, pixel, name: 0, shape: 0, source: 0, code, currency: 0 }
    this.#cells.add(minuteAt(atMs), key, { ...NO_CHANGE, flow: times })
  }

  /** How long after its own time an event was accepted (`ACCEPTED`) or delivered (`DELIVERED`). */
  took(kind: typeof ACCEPTED | typeof DELIVERED, pixel: number, atMs: number, tookMs: number): void {
    this.#latencies.add(kind, pixel, atMs, tookMs)
  }

  /** Inside the transaction, after all that it counts. */
  write(): void {
    const whole = new Cells()
    for (const cell of this.#cells.values()) {
      const slots = this.grains.slotsOf(cell.minute)
      const key = this.#keys.admit(cell, slots[0]!)
      for (const slot of slots) this.#statements.put(slot, key, cell)
      this.#statements.putKnown(key, cell)
      if (cell.flow !== 0) whole.add(cell.minute, wholeOf(key), { ...cell, ends: 0, endsMoney: 0 })
    }
    for (const cell of whole.values())
      for (const slot of this.grains.slotsOf(cell.minute)) this.#statements.put(slot, cell.key, cell)
    this.#writeLatencies()
    this.#statements.nextMoment()
  }

  commit(): void {
    this.#cells.clear()
    this.#latencies.clear()
    this.#keys.commit()
  }

  rollBack(): void {
    this.#cells.clear()
    this.#latencies.clear()
    this.#keys.rollBack()
  }

  #writeLatencies(): void {
    for (const [quarter, ...values] of this.#latencies.rows()) {
      const days = this.grains.slotsOf(quarter).filter(({ grain }) => grain > QUARTER_GRAIN)
      for (const slot of [{ grain: QUARTER_GRAIN, time: quarter }, ...days])
        this.#statements.putLatency(slot, ...values)
    }
  }

  #add(minute: number, kind: number, accounts: Counted, code: number, change: Change): void {
    const { pixel, name, shape, source, currency } = accounts
    const key: RollUpKey = { kind, pixel, name, shape, source, code, currency }
    this.#cells.add(minute, key, change)
  }
}

const NO_CHANGE: Change = { flow: 0, ends: 0, flowMoney: 0, endsMoney: 0 }

function flowOf({ events, money }: Counted): Change {
  return { ...NO_CHANGE, flow: events, flowMoney: money }
}

function endsOf({ events, money }: Counted, sign: 1 | -1): Change {
  return { ...NO_CHANGE, ends: sign * events, endsMoney: sign * money }
}
