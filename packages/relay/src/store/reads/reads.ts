/**
 * The port of what people read: lists, series, totals, groups, requests, one event. Every question is answered from one moment of the
 * store, beside the thread that delivers, and by an index: nobody who looks slows down what is sent.
 *
 * - A list that takes longer than 250 ms gives the events that it has, at least one, with a cursor. Any other answer that takes longer
 *   rejects with `TooSlowError`: never a part of a sum.
 * - What lies in the memory of the store alone (leases) goes along with the question. What lies in the caller's memory (pace, the state
 *   of a key) can go along as `beside`, and stands in the answer under that name.
 * - Counts come from the roll-up, which is written in the transaction of what it counts.
 */

import type { Page } from '../account.ts'
import type { Mark } from '../mark.ts'
import type { RecordedAction } from '../selection.ts'
import type { Task } from '../task.ts'
import type { EventList, EventListQuestion, EventQuestion, KnownAccount } from './event-list.ts'
import type { Range } from './filter.ts'
import type { Flows, FlowsQuestion } from './flows.ts'
import type { FaultGroups, FaultGroupsQuestion, Groups, GroupsQuestion } from './groups.ts'
import type { Orders, OrdersQuestion } from './orders.ts'
import type {
  Backlog,
  BacklogQuestion,
  Known,
  Latency,
  LatencyQuestion,
  Now,
  NowQuestion,
  PixelsOverview,
  PixelsQuestion,
  Signal,
  SignalQuestion,
} from './overview.ts'
import type { RequestList, RequestListQuestion, RequestTree } from './request-list.ts'
import type { SentenceInputs, SentenceQuestion } from './sentence.ts'
import type { Series, SeriesQuestion, WaitingQuestion, WaitingSeries } from './series.ts'

/** Each question by its name: what it asks, and what it is answered. */
export interface Questions {
  readonly now: { readonly asks: NowQuestion; readonly answers: Now }
  readonly backlog: { readonly asks: BacklogQuestion; readonly answers: Backlog }
  readonly events: { readonly asks: EventListQuestion; readonly answers: EventList }
  /** One account for each pixel and name. */
  readonly event: { readonly asks: EventQuestion; readonly answers: { readonly accounts: readonly KnownAccount[] } }
  readonly requests: { readonly asks: RequestListQuestion; readonly answers: RequestList }
  /** By `seq`; empty where there is none, or of another pixel. */
  readonly requestTree: {
    readonly asks: { readonly seq: number; readonly pixels?: readonly string[] }
    readonly answers: RequestTree
  }
  readonly series: { readonly asks: SeriesQuestion; readonly answers: Series }
  readonly waiting: { readonly asks: WaitingQuestion; readonly answers: WaitingSeries }
  readonly flows: { readonly asks: FlowsQuestion; readonly answers: Flows }
  readonly orders: { readonly asks: OrdersQuestion; readonly answers: Orders }
  readonly groups: { readonly asks: GroupsQuestion; readonly answers: Groups }
  readonly faults: { readonly asks: FaultGroupsQuestion; readonly answers: FaultGroups }
  readonly pixels: { readonly asks: PixelsQuestion; readonly answers: PixelsOverview }
  readonly latency: { readonly asks: LatencyQuestion; readonly answers: Latency }
  readonly signal: { readonly asks: SignalQuestion; readonly answers: Signal }
  readonly sentence: { readonly asks: SentenceQuestion; readonly answers: SentenceInputs }
  readonly known: { readonly asks: NowQuestion; readonly answers: Known }
  readonly marks: { readonly asks: Range; readonly answers: { readonly marks: readonly Mark[] } }
  /** The newest first; `pixels`: only tasks whose selection names one of these. */
  readonly tasks: {
    readonly asks: { readonly pixels?: readonly string[]; readonly limit: number }
    readonly answers: { readonly tasks: readonly Task[] }
  }
  readonly actions: {
    readonly asks: { readonly cursor?: string; readonly limit: number }
    readonly answers: Page<RecordedAction>
  }
}

export type QuestionName = keyof Questions
export type Asks<Name extends QuestionName> = Questions[Name]['asks']
/** `commit`: the number of the commit that it was read at. */
export type Answers<Name extends QuestionName> = Questions[Name]['answers'] & { readonly commit: number }

export type Encoding = 'identity' | 'gzip' | 'br'

export interface ServeOptions {
  /** Default `identity`. */
  readonly encoding?: Encoding
  /** Stands in the answer as `beside`: what only the caller knows. JSON. */
  readonly beside?: unknown
}

/** An answer as it can be sent: JSON in UTF-8, packed as was asked. */
export interface Served {
  readonly body: Uint8Array
  readonly encoding: Encoding
  readonly commit: number
}

export interface Reads {
  /**
   * Answers with values. Throws `TooSlowError` (`too_slow`) where it would take too long, `StoreCursorError` for a cursor that no page
   * gave, and a `TypeError` for a question that makes no sense (an end before its beginning, a limit of 0).
   */
  ask<Name extends QuestionName>(name: Name, asks: Asks<Name>): Promise<Answers<Name>>
  /** The same as JSON, made, packed and kept for a second beside the thread that delivers. */
  serve<Name extends QuestionName>(name: Name, asks: Asks<Name>, options?: ServeOptions): Promise<Served>
}
