/**
 * The events that wait, as far as they lie in memory beside their rows: who leases which, those that came lately, how far each queue is
 * leased out, when what waits is due, how many are where. A transition below changes all of it that it concerns, and notes how to take
 * that back should its transaction fail; there is no other way to change it.
 *
 * - `enter`: a new account begins in its first state; `enterAgain`: one that ended is queued.
 * - `becomeDue`: what waited and is due is ready.
 * - `lease`, `giveBack`: in memory only; a lease leaves the row as it is.
 * - `take`: rows leave their lease to be settled: by `goBack` to the ready, by `wait` until a time, by `setApart` beside the queue, or
 *   by `end`. What is in no lease can end too.
 * - `leave`: an ended account is forgotten.
 */
import type { LeasedEvent, LeaseQuery } from '../../lease.ts'
import { minuteOf } from '../../minute.ts'
import { ACCEPTED, APART, DELIVERED, isLive, PRUNED, READY, WAITING } from '../../state.ts'
import type { Suspicion } from '../../suspicion.ts'
import type { Database } from '../database.ts'
import { eachAlike } from '../each-alike.ts'
import type { EndedAs } from '../roll-up/roll-up.ts'
import { eachRun, rising } from '../row-set.ts'
import { ApartTimes } from './apart-times.ts'
import { eachCounted } from './counted.ts'
import { DueTimes } from './due-times.ts'
import { Fresh } from './fresh.ts'
import { Frontier } from './frontier.ts'
import { LeaseBook } from './lease-book.ts'
import type { PickedRow, QueuedRow, QueueParts, ReadEvent } from './parts.ts'
import { pick } from './pick.ts'
import { Tally } from './tally.ts'

/** A new account. */
export interface Newcomer extends QueuedRow {
  readonly dueMs: number
  /** As a lease gives it, where it is ready at once. */
  readonly event: LeasedEvent | undefined
  /** Of what ends at once: why. */
  readonly code: string | null
}

/** When an account ends, and why. */
export interface End {
  readonly atMs: number
  readonly code: string | null
}

export interface QueueOptions
  extends Pick<QueueParts, 'statements' | 'undo' | 'holds' | 'firstRow' | 'rollUp' | 'terms'> {
  /** The number of this run of the store; see `LeaseBook`. */
  readonly run: number
  readonly monotonicMs: () => number
}
export type LeaseView = Pick<LeaseBook, 'has' | 'allRows' | 'sending' | 'sendingApart' | 'live'>
export type TallyView = Pick<Tally, 'pixels' | 'shapes' | 'ready' | 'waiting' | 'apart' | 'of' | 'all' | 'kind'>
type Picking = Omit<LeaseQuery, 'pixel' | 'shapes' | 'exceptShapes'> & { readonly shapes: readonly number[] }

/** One lease makes at most this many ready, so that millions that become due together do not stop everything else. */
export const MAX_PROMOTED = 5_000

export class Queue {
  readonly #parts: QueueParts

  constructor(database: Database, { run, monotonicMs, ...options }: QueueOptions) {
    const { statements } = options
    const tally = new Tally(database)
    const leases = new LeaseBook(run, monotonicMs)
    this.#parts = {
      ...options,
      leases,
      fresh: new Fresh(),
      frontier: new Frontier(),
      due: new DueTimes(statements, tally.pixels()),
      apart: new ApartTimes(statements, leases),
      tally,
    }
  }

  get leases(): LeaseView {
    return this.#parts.leases
  }

  get tally(): TallyView {
    return this.#parts.tally
  }

  /** Inside a transaction, as all that follow but leases. */
  enter(newcomers: readonly Newcomer[]): void {
    const { tally, fresh, holds, undo } = this.#parts
    eachAlike(newcomers, isSameQueue, ({ pixel, shape, state }, count) => {
      tally.add(pixel, shape, ACCEPTED, count)
      tally.add(pixel, shape, state, count)
    })
    for (const newcomer of newcomers) {
      const { pixel, shape, event } = newcomer
      this.#arrive(newcomer, newcomer.state, newcomer.dueMs)
      if (event !== undefined && holds.covering(pixel, shape) === undefined)
        fresh.keep(pixel, shape, event, newcomer.facts)
    }
    this.#countNew(newcomers)
    undo.add(() => {
      for (const { row } of newcomers) fresh.take(row)
    })
  }

  /**
   * An account goes on: what it was leaves, what it is now arrives, in any state, as an edit or an arrival can end at once; then `end` says
   * why. `nowMs`: when.
   */
  enterAgain(
    before: QueuedRow,
    after: QueuedRow,
    dueMs: number,
    { nowMs, code }: { nowMs: number; code: string | null },
  ): void {
    const { tally, rollUp } = this.#parts
    this.#depart(before)
    this.#arrive(after, after.state, dueMs)
    tally.add(before.pixel, before.shape, before.state, -1)
    tally.add(after.pixel, after.shape, after.state, 1)
    if (!rollUp.isCounted(after.row)) return
    this.#countLeaving([before], nowMs)
    // What goes on under another key has it at its acceptance too, also where it ends at once: lists look there.
    this.#countArriving([after], READY, { atMs: nowMs, code: null })
    if (isLive(after.state)) return
    this.#countLeaving([{ ...after, state: READY }], nowMs)
    this.#countArriving([after], after.state, { atMs: nowMs, code })
  }

  /** Up to `MAX_PROMOTED`. */
  becomeDue(pixel: number, nowMs: number): void {
    const { statements, due, undo } = this.#parts
    const promoted = statements.queue.promote(pixel, nowMs, MAX_PROMOTED)
    const rows = promoted.map(({ row, shape, timestamp_ms }): PickedRow => {
      return { row, pixel, shape, minute: minuteOf(timestamp_ms), state: WAITING }
    })
    this.#move(rows, READY)
    due.read(pixel)
    undo.add(() => due.lower(pixel, nowMs))
  }

  /** What waits until after `afterMs` and after its own time is due at `dueMs`. */
  bringForward(pixel: number, afterMs: number, dueMs: number): number {
    const { statements, due, undo } = this.#parts
    const moved = statements.queue.bringForward(pixel, afterMs, dueMs)
    if (moved === 0) return 0
    due.read(pixel)
    undo.add(() => due.read(pixel))
    return moved
  }

  /** The same for what is apart, of one shape. */
  bringApartForward(pixel: number, shape: number, afterMs: number, dueMs: number): number {
    const { statements, tally } = this.#parts
    const moved = tally.apart(pixel, shape) === 0 ? [] : statements.suspicion.bringForward(pixel, shape, afterMs, dueMs)
    if (moved.length === 0) return 0
    eachRun(
      moved.toSorted((a, b) => a - b),
      (first, last) => statements.event.setDue(first, last, dueMs),
    )
    this.#apartChanged(pixel, shape)
    return moved.length
  }

  /** Leases ready events of these shapes, or those apart. `read` gives the first of what was picked, as many as there is room for. */
  lease(
    pixel: number,
    query: Picking,
    read: (picked: readonly PickedRow[]) => ReadEvent[],
  ): { readonly token: number; readonly events: LeasedEvent[] } | undefined {
    const picked = pick(this.#parts, pixel, query.shapes, query)
    if (picked.length === 0) return undefined
    let found: ReadEvent[] = []
    try {
      found = read(picked)
    } finally {
      // What has no room in this lease, or could not be read, was picked for nothing.
      for (const row of picked.slice(found.length)) this.#backFromLease(row)
    }
    if (found.length === 0) return undefined
    const leased = found.map(({ facts }, at): QueuedRow => {
      const { row, shape, minute, state } = picked[at]!
      return { row, pixel, shape, minute, state, facts }
    })
    const events = found.map(({ event }) => event)
    const token = this.#parts.leases.open(leased, query.leaseMs)
    for (const { row, shape, state } of leased) {
      if (state === APART) this.#parts.apart.changed(pixel, shape)
      else this.#parts.fresh.take(row)
    }
    return { token, events }
  }

  /** An event that came lately and was in no lease yet, as a lease gives it. */
  look(row: number): ReadEvent | undefined {
    return this.#parts.fresh.look(row)
  }

  extend(token: number, forMs: number): boolean {
    return this.#parts.leases.extend(token, forMs)
  }

  /** Default: all that the lease holds. Returns how many it held of them. */
  giveBack(token: number, rows: readonly number[] = this.#parts.leases.rows(token)): number {
    let returned = 0
    for (const row of rows) {
      const leased = this.#parts.leases.take(token, row)
      if (leased === undefined) continue
      this.#backFromLease(leased)
      returned++
    }
    return returned
  }

  /** Gives back what is in leases that ran out. */
  reclaim(): number {
    return this.#parts.leases.overdue().reduce((total, token) => total + this.giveBack(token), 0)
  }

  /** Those of the rows that the token holds, in rising order, out of their lease. */
  take(token: number, rows: readonly number[]): QueuedRow[] {
    const { leases, undo } = this.#parts
    const untilMs = leases.untilMs(token)
    const taken = rising(rows)
      .map((row) => leases.take(token, row))
      .filter((row) => row !== undefined)
    undo.add(() => {
      for (const row of taken) leases.put(token, row, untilMs)
    })
    return taken
  }

  goBack(rows: readonly QueuedRow[]): void {
    this.#move(rows, READY)
  }

  wait(rows: readonly QueuedRow[], dueMs: number): void {
    this.#move(rows, WAITING, dueMs)
  }

  setApart(rows: readonly QueuedRow[], suspicion: Suspicion, dueMs: number): void {
    const { statements } = this.#parts
    this.#move(rows, APART, dueMs)
    eachRun(
      rows.map(({ row }) => row),
      (first, last) => statements.suspicion.put(first, last, suspicion, dueMs),
    )
  }

  end(rows: readonly QueuedRow[], to: number, end: End): void {
    this.#move(rows, to)
    const { rollUp } = this.#parts
    const counted = rollUp.countsAll ? rows : rows.filter(({ row }) => rollUp.isCounted(row))
    this.#countLeaving(counted, end.atMs)
    this.#countArriving(counted, to, end)
    if (to !== DELIVERED) return
    for (const { pixel, facts } of counted) rollUp.took(DELIVERED, pixel, end.atMs, end.atMs - facts.timestampMs)
  }

  /** Ended accounts are forgotten. */
  leave(rows: readonly QueuedRow[]): void {
    const { rollUp, tally } = this.#parts
    for (const { pixel, state } of rows) tally.add(pixel, 0, state + PRUNED, 1)
    const counted = rows.filter(({ row }) => rollUp.isCounted(row))
    eachCounted(counted, endedAlike, (accounts, first) => rollUp.prune(accounts, this.#endOf(first)))
  }

  /** Some of a shape is ready and in no lease. */
  hasReady(pixel: number, shape: number): boolean {
    const { tally, leases } = this.#parts
    return tally.ready(pixel, shape) > leases.sending(pixel, shape)
  }

  /** Some of a shape is apart and in no lease. */
  hasApart(pixel: number, shape: number): boolean {
    const { tally, leases } = this.#parts
    return tally.apart(pixel, shape) > leases.sendingApart(pixel, shape)
  }

  /** A time before which nothing of a pixel that waits becomes due; it can be too early. */
  nextDue(pixel: number): number {
    return this.#parts.due.next(pixel)
  }

  soonestDueAfter(nowMs: number): number | undefined {
    return this.#parts.due.soonestAfter(nowMs)
  }

  /** When the first of a shape that is apart and in no lease is due, where there is one. */
  nextApart(pixel: number, shape: number): number {
    return this.hasApart(pixel, shape) ? this.#parts.apart.next(pixel, shape) : Number.POSITIVE_INFINITY
  }

  /** Around a transaction. */
  beforeCommit(): void {
    this.#parts.tally.write()
    this.#parts.rollUp.write()
  }

  committed(): void {
    this.#parts.undo.forget()
    this.#parts.tally.commit()
    this.#parts.rollUp.commit()
  }

  rolledBack(): void {
    this.#parts.undo.run()
    this.#parts.tally.rollBack()
    this.#parts.rollUp.rollBack()
  }

  #countNew(newcomers: readonly Newcomer[]): void {
    const { rollUp } = this.#parts
    eachCounted(newcomers, isSameEnd, (accounts, { state, code, facts: { acceptedMs } }) => {
      rollUp.open(accounts)
      if (isLive(state)) rollUp.enter(accounts)
      else rollUp.end(accounts, { state, atMs: acceptedMs, code: this.#codeOf(code) })
    })
    for (const { pixel, state, facts } of newcomers)
      if (isLive(state)) rollUp.took(ACCEPTED, pixel, facts.acceptedMs, facts.acceptedMs - facts.timestampMs)
  }

  #countLeaving(rows: readonly QueuedRow[], nowMs: number): void {
    const { rollUp } = this.#parts
    eachCounted(rows, endedAlike, (accounts, first) => {
      if (isLive(first.state)) rollUp.leave(accounts)
      else rollUp.leaveEnd(accounts, this.#endOf(first), nowMs)
    })
  }

  #countArriving(rows: readonly QueuedRow[], to: number, { atMs, code }: End): void {
    const { rollUp } = this.#parts
    eachCounted(rows, always, (accounts) => {
      if (isLive(to)) rollUp.enter(accounts)
      else rollUp.end(accounts, { state: to, atMs, code: this.#codeOf(code) })
    })
  }

  #endOf({ state, ended }: QueuedRow): EndedAs {
    if (ended === undefined) throw new Error('An account that ended has no end.')
    return { state, atMs: ended.atMs, code: this.#codeOf(ended.code) }
  }

  #codeOf(code: string | null): number {
    return code === null ? 0 : this.#parts.terms.of(code)
  }

  #move(rows: readonly PickedRow[], to: number, dueMs: number = 0): void {
    for (const row of rows) {
      this.#depart(row)
      this.#arrive(row, to, dueMs)
    }
    const { tally } = this.#parts
    eachAlike(rows, isSameQueue, ({ pixel, shape, state }, count) => tally.move(pixel, shape, state, to, count))
  }

  #depart({ row, pixel, shape, state }: PickedRow): void {
    if (state === READY) this.#parts.fresh.take(row)
    if (state !== APART) return
    this.#parts.statements.suspicion.drop(row)
    this.#apartChanged(pixel, shape)
  }

  #arrive({ row, pixel, shape, minute }: PickedRow, to: number, dueMs: number): void {
    if (to === READY) this.#parts.frontier.lower(pixel, shape, { minute, row })
    else if (to === WAITING) this.#parts.due.lower(pixel, dueMs)
    else if (to === APART) this.#apartChanged(pixel, shape)
  }

  #apartChanged(pixel: number, shape: number): void {
    const { apart, undo } = this.#parts
    apart.changed(pixel, shape)
    undo.add(() => apart.changed(pixel, shape))
  }

  #backFromLease(row: PickedRow): void {
    if (row.state === APART) this.#parts.apart.changed(row.pixel, row.shape)
    else this.#parts.frontier.lower(row.pixel, row.shape, row)
  }
}

function isSameQueue(a: PickedRow, b: PickedRow): boolean {
  return a.pixel === b.pixel && a.shape === b.shape && a.state === b.state
}

function isSameEnd(a: Newcomer, b: Newcomer): boolean {
  return a.state === b.state && a.code === b.code && a.facts.acceptedMs === b.facts.acceptedMs
}

function endedAlike(a: QueuedRow, b: QueuedRow): boolean {
  return a.state === b.state && a.ended?.atMs === b.ended?.atMs && a.ended?.code === b.ended?.code
}

function always(): boolean {
  return true
}
