/**
 * The port of the durable store.
 *
 * An event that intake hands over opens an account, found by its row, or by pixel, name and id. The account is in one state:
 *
 * - `queued`: to be sent; leased once it is due, the one that expires soonest first, to the minute of its own time: events of one
 *   minute are leased as they arrived. With a suspicion it is *apart*: leased only by who asks for events apart.
 * - `sending`: in a lease. A lease that is released, runs out, or whose owner dies leaves the event `queued`.
 * - `held`: not ended, and its pixel or its shape is on hold. A hold marks the pixel or the shape, never each event: what
 *   arrives meanwhile is held too, and lifting the hold returns all of it to `queued` at once. A leased event is `sending`,
 *   hold or not.
 * - `delivered`: the API has it. Its body is dropped.
 * - `refused`: the API, or intake, named a fault of this event. The body stays, to be fixed.
 * - `expired`: its window closed before it was delivered.
 * - `discarded`: an operator ended it, with a reason.
 *
 * From `refused`, `expired` and `discarded` an event returns to `queued` by a replay, by an edit, or when other content
 * arrives under its key: the same account, whose history keeps the earlier end. From `delivered` nothing returns.
 *
 * At any moment accepted = queued + sending + held + delivered + refused + expired + discarded.
 *
 * Time comes in with each call and the store never asks for it, but for leases: they last by the monotonic clock that the store is
 * opened with, so that none ends because a wall clock moved. What has become due stays due, also when the clock steps back.
 * Every promise of a change resolves only after it is on disk. A change that was not made rejects with `StoreFullError` (try
 * again later) or `StoreBrokenError` (stop; only a file can be broken). A store that cannot be reached rejects with `StoreAwayError`:
 * nothing is known to be written, and the call may be repeated.
 */
import type { Account, EventSummary, Page, RefusedGroup, Search } from './account.ts'
import type { Claims } from './claim.ts'
import type { Contexts } from './context.ts'
import type { Counts, Expiring, PixelStatus, ShapeStatus } from './counts.ts'
import type { Acceptance, NewEvent } from './event.ts'
import type { By, HeldPart, Hold } from './hold.ts'
import type { Lease, LeaseQuery, Ready } from './lease.ts'
import type { Marks } from './mark.ts'
import type { Reads } from './reads/index.ts'
import type { RequestRecord } from './request.ts'
import type { Action, DiscardCall, Edit, EndSuspicionCall, RecordedAction, ReplayCall, Selection } from './selection.ts'
import type { Sessions } from './session.ts'
import type { SettleCall } from './settlement.ts'
import type { Tasks } from './task.ts'

export interface Intake {
  /**
   * Keeps the events and says, in their order, what each was: new, a duplicate, or in conflict with an earlier one. Repeats
   * within one call count as arrivals one after the other. All of a call is committed, or nothing. A call of which nobody knows whether it
   * was committed rejects with a `StoreAwayError` that has the `rows` of its events. Its repeat, with the same events, passes them: what is
   * found under its row is the first try's own and `accepted`, anything else is what it is.
   */
  accept(events: readonly NewEvent[], nowMs: number, rows?: readonly number[]): Promise<readonly Acceptance[]>
}

export interface DeliveryQueue {
  /** Up to `limit` due events of one pixel, or `undefined` when there are none. Costs what it returns, not what waits. */
  lease(query: LeaseQuery): Promise<Lease | undefined>
  /** Ends events of a lease, or returns them to the queue. Rows that the token does not hold are left alone. Resolves with the number changed. */
  settle(call: SettleCall): Promise<number>
  /** The lease lasts for so long from now, or longer if it did; `false` when the token holds nothing any more. */
  extend(token: number, forMs: number): Promise<boolean>
  /** Returns events of a lease (default: all it holds) to the queue as they came; resolves with their number. */
  release(token: number, rows?: readonly number[]): Promise<number>
  /** Returns to the queue what is in leases that ran out; resolves with the number of events. */
  reclaim(): Promise<number>
  /** Keeps a request that settles nothing yet. */
  recordRequest(request: RequestRecord): Promise<void>
  /**
   * Cheap: meant for every turn of a loop. `limit`: at most so many names in each list; the next call goes on behind them, and begins anew
   * at the end. Default: all.
   */
  ready(nowMs: number, call?: { readonly limit?: number }): Promise<Ready>
}

export interface Holds {
  /** Replaces an earlier hold of the pixel. */
  holdPixel(pixel: string, hold: Hold): Promise<void>
  /** `false` when it was not held. Shapes of it that are on hold stay so. */
  resumePixel(pixel: string, by: By): Promise<boolean>
  holdShape(pixel: string, shape: string, hold: Hold): Promise<void>
  resumeShape(pixel: string, shape: string, by: By): Promise<boolean>
  holds(): Promise<readonly HeldPart[]>
}

export interface Ageing {
  /**
   * Ends up to `limit` events that wait or are held and whose own time lies before `timestampBeforeMs`; one with a suspicion ends with
   * that as its reason. Call until it gives none.
   */
  expire(call: ExpireCall): Promise<readonly ExpiredEvent[]>
  /**
   * What waits until after `afterMs` and until after its own time is due at `dueMs`: a clock that was wrong had set it. Either what is
   * apart, or what is not. Resolves with the number of events.
   */
  bringForward(call: BringForwardCall): Promise<number>
  /** Per pixel, what has not ended and has an own time in [`fromMs`, `beforeMs`); counts at most `limit` each. */
  expiring(range: {
    readonly fromMs: number
    readonly beforeMs: number
    readonly limit: number
  }): Promise<readonly Expiring[]>
}

export interface ExpireCall {
  readonly timestampBeforeMs: number
  readonly nowMs: number
  readonly limit: number
  readonly code: string
  readonly message: string
}

export interface BringForwardCall {
  readonly apart: boolean
  readonly afterMs: number
  readonly dueMs: number
}

export interface ExpiredEvent {
  readonly row: number
  readonly pixel: string
  readonly name: string
  readonly id: string
  readonly timestampMs: number
  /** The reason that its account gives. */
  readonly code: string
  readonly message: string
}

export interface Accounts {
  /** Every account with this id: one for each pixel and name. */
  show(id: string, pixel?: string): Promise<readonly Account[]>
  showRow(row: number): Promise<Account | undefined>
  /** Newest first; with `idPrefix` in the order of ids. */
  search(search: Search): Promise<Page<EventSummary>>
  /** The largest first. */
  refusedGroups(): Promise<readonly RefusedGroup[]>
  counts(): Promise<Counts>
  pixels(): Promise<readonly PixelStatus[]>
  /** Shapes of a pixel that have events which have not ended, or are on hold. */
  shapes(pixel: string): Promise<readonly ShapeStatus[]>
}

export interface Operator {
  /** How many a selection means: the dry run of a replay or a discard. Counts at most `limit`. */
  countSelected(selection: Selection, limit: number): Promise<number>
  /** Queues refused, expired and discarded events again; skips others. Resolves with the number queued. */
  replay(selection: Selection, call: ReplayCall): Promise<number>
  /** Replaces the content of a refused, expired or discarded event and queues it; `false` when the row is none. */
  edit(row: number, edit: Edit, by: By): Promise<boolean>
  /** Ends events with a reason, delivered, sending and discarded ones excepted. Resolves with the number discarded. */
  discard(selection: Selection, call: DiscardCall): Promise<number>
  /** Ends suspicions by a person's word; skips what is leased or has none. Resolves with the number ended. */
  endSuspicion(selection: Selection, call: EndSuspicionCall): Promise<number>
  /** Holds, resumptions, replays, edits, discards and ends of suspicions record themselves; this is for what else an operator does. */
  recordAction(action: Action): Promise<void>
  /** Newest first. */
  listActions(page: { readonly cursor?: string; readonly limit: number }): Promise<Page<RecordedAction>>
}

export interface Upkeep {
  /** Forgets up to `limit` accounts that ended before, with bodies and requests. Call until it gives 0. */
  prune(call: { readonly endedBeforeMs: number; readonly limit: number }): Promise<number>
  /**
   * Looks at what waits, sums up numbers of times that are over, and forgets those that are too old. Meant for once a minute. `true` while
   * more is to be done at once.
   */
  keepNumbers(nowMs: number): Promise<boolean>
  /** A value of the caller's, such as the endpoint that this data belongs to. Keys that begin with `store.` are the store's own. */
  getMeta(key: string): Promise<string | undefined>
  setMeta(key: string, value: string): Promise<void>
  /** Looks through all of the data; what is wrong, one line each, empty when nothing is. */
  check(): Promise<readonly string[]>
  /** Finishes what was begun and gives leases and claims back. */
  close(): Promise<void>
}

/** What only a store in a file can do. */
export interface DataFile {
  /** A consistent copy, made while the store works. The path must not exist. */
  backup(path: string): Promise<void>
}

export interface Store
  extends Intake,
    DeliveryQueue,
    Holds,
    Ageing,
    Accounts,
    Operator,
    Contexts,
    Tasks,
    Marks,
    Sessions,
    Upkeep {
  /** What people read. */
  readonly reads: Reads
  /** `undefined`: one process has all of the data, and nobody else can open it. */
  readonly claims?: Claims | undefined
  /** `undefined`: it lies in no file of its own. */
  readonly file?: DataFile | undefined
}
