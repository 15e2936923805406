/**
 * What the driver needs of whoever drives: the client, whose account is a ledger, and the relay's engine, whose account is a lease
 * and a commit. Everything that follows from an answer is decided here and in the plan, once, for both.
 */
import type { PlanContext } from '../batch.ts'
import type { Learned } from '../learned.ts'
import type { Answer, Verdict } from '../verdict.ts'
import type { Gate } from './gate.ts'
import type { RelaySaid } from './relay-answer.ts'

/** An event that can be sent. */
export interface Carried {
  /** Of its wire JSON, in UTF-8. */
  readonly bytes: number
  /** Time of the action, Unix milliseconds. */
  readonly timestampMs: number
  /** Event name and known keys. */
  readonly shape: string
  /** An earlier request that carried it ended ambiguously or was answered 200, or belongs to another life of the process. */
  mayBeStored: boolean
  /** An earlier answer of 200 counted fewer than its request carried: the next that does is the second. */
  wasMiscounted?: boolean
}

/** `deliver` for real; `validate`: the API is asked and stores nothing. */
export type Purpose = 'deliver' | 'validate'

/** One request that ended, for whoever keeps an account. */
export interface Asked<Item> {
  /** What was asked of the API. */
  readonly what: Purpose | 'canary' | 'names'
  /** The events of others that it carried; a canary is nobody's. */
  readonly items: readonly Item[]
  /** How many events of others it carried. */
  readonly events: number
  /** What came back. */
  readonly answer: Answer
  /** What the answer means. */
  readonly verdict: Verdict
  /** Unix milliseconds. */
  readonly atMs: number
  /** Milliseconds from question to answer. */
  readonly durationMs: number
  /** Of a canary: its shape; `undefined` for the least one. */
  readonly shape?: string | undefined
}

/** A verdict that ends what a pixel may send, until somebody acts or a probe passes. */
export type HoldVerdict = Extract<Verdict, { kind: 'hold' }>
/** A fault that may pass. */
export type RetryVerdict = Extract<Verdict, { kind: 'retry' }>

export interface Waiting<Item> {
  /** Why it waits. */
  readonly verdict: RetryVerdict
  /** In a row, of this group. */
  readonly failures: number
  /** Of these, those whose answer did not say when to come back. */
  readonly attempts: number
  /** Milliseconds that it waits. */
  readonly delayMs: number
  /** The events that wait. */
  readonly group: readonly Item[]
}

/** JSON, as text or in UTF-8. */
export type Body = string | Uint8Array

/** One pixel, one way to its API. */
export interface DrivePort<Item extends Carried> {
  /** What answers have taught of this pixel. */
  readonly learned: Learned
  /** The pace of this pixel. */
  readonly gate: Gate
  /** Unix milliseconds, as near to the API's clock as is known. */
  now(): number
  /** The time of a canary that has none of its own, so that it is not refused for it. Default: now. */
  canaryTimeMs?(): number
  /** Milliseconds that only ever go forward. */
  monotonic(): number
  /** A random number, 0 ≤ x < 1. */
  random(): number
  /** Sends one request body. */
  post(body: Body, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Answer>
  /** Milliseconds of one attempt. */
  readonly timeoutMs: number
  /** Requests in flight are given up. */
  readonly signal: AbortSignal
  /** Nobody waits any longer for a turn. */
  readonly waitSignal: AbortSignal
  /** The endpoint is set to be a relay, whether it says so or not. */
  readonly isRelay: boolean
  /** The body of a request up to its first event. */
  envelope(validateOnly: boolean): string
  /** The events' JSON as it is sent now. */
  wires(items: readonly Item[]): readonly string[] | Promise<readonly string[]>
  /** Asked at the moment of each attempt. What may not leave has its settlement when this returns. */
  mayLeave(item: Item): boolean
  /** How long these may still be tried, milliseconds. */
  timeLeftMs(items: readonly Item[]): number
  /** With the turn taken: whether a request may go out that lasts this long. False: the batch ends here. */
  mayBegin(forMs: number): boolean | Promise<boolean>
  /** These are about to leave in one request. */
  leaving(items: readonly Item[], purpose: Purpose): void
  /** A request ended. Whatever follows from its answer is committed with it, at the latest by {@link commit}. */
  asked(request: Asked<Item>): void
  /** Keeps what was settled since the last call. */
  commit(): void | Promise<void>
  /** Waits out a fault that may pass; false ends the batch, and whoever drives knows why. */
  pause(waiting: Waiting<Item>): Promise<boolean>
  /** Nothing of the pixel goes out any more. */
  hold(verdict: HoldVerdict): void | Promise<void>
  /** Another relay took the event over, or says why not. */
  settleRelayed(item: Item, said: RelaySaid, purpose: Purpose): void
  /** The API counted fewer than it was sent. */
  markMiscounted(items: readonly Item[]): void
  /** A canary's answer, for people. */
  canaryAnswered?(canary: { readonly shape: string | undefined; readonly verdict: Verdict }): void
  /** What a plan needs to know of events, and where it tells what it found out. */
  context(purpose: Purpose): PlanContext<Item>
  /** Cuts events into requests by what is known of sizes now, in the order in which they are to leave. */
  cut(items: readonly Item[], purpose: Purpose): readonly (readonly Item[])[]
  /** Nothing is stored by this run, and what the API would take is an end. Default: an event that was only validated is sent for real later. */
  readonly endsValidated: boolean
}
