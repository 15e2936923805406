import type { FriendlyUser } from '../contract/friendly-person.ts'
import type { LooseEvent } from '../contract/loose-event.ts'
import type { ActionSource, Contract, EventName } from '../contract/names.ts'
import type { Note } from './notes.ts'
import type { Skip } from './skip.ts'

/** One call of another system, as it came and was verified. */
export interface SourceCall {
  /** The body, parsed. */
  readonly payload: unknown
  /** What the call says of itself outside the body: a webhook's topic, the last part of a tracking call's path. */
  readonly topic?: string | undefined
  /** The shop that the call says it comes from: a URL or a host. */
  readonly site?: string | undefined
  /** When it arrived, Unix milliseconds. Tracking calls need it; webhooks tell by it what happened too long ago. */
  readonly receivedAtMs?: number | undefined
  /** When it happened, as the call says outside the body. */
  readonly triggeredAt?: string | undefined
  /** It came by a way that the vendor keeps for tests. */
  readonly isTest?: boolean | undefined
}

/** What a call comes to. Every message of it is in exactly one of the three lists. */
export interface Mapped {
  /** The events, in the order of the calls. */
  readonly events: readonly SourceEvent[]
  /** What gave no event, and why. */
  readonly skipped: readonly Skip[]
  /** What identify calls said of people, hashed, for later events. */
  readonly remember: readonly Remembered[]
  /** What some of the messages are instead, for whoever knows what came before. */
  readonly followUps: readonly FollowUp[]
  /** Trials that this call saw turn into paid subscriptions: their ids. */
  readonly endedTrials: readonly string[]
}

/** A message that is another conversion where an earlier one is known: the first money after a trial. */
export interface FollowUp {
  /** Position of the call in its batch, from 0. */
  readonly index: number
  /** What must be known for it. */
  readonly after: { readonly type: EventName; readonly id: string }
  /** The event that follows. */
  readonly event: SourceEvent
}

/** An event made from somebody else's call. */
export interface SourceEvent {
  /** In the friendly form; `check` judges it. Give it `invalidIdentity: 'drop'`. */
  readonly event: LooseEvent
  /** Which message of the call, from 0. */
  readonly index: number
  /** Business keys under which the visitor's context may have been carried, the likeliest first. */
  readonly keys: readonly string[]
  /** Keys under which identify calls of the same person were remembered; they are digests. */
  readonly people: readonly string[]
  /**
   * What another arrival under the same id with other content is. `compare`: a conflict. `first_wins`: the same conversion
   * seen later or from another side, hence a duplicate.
   */
  readonly repeats: 'compare' | 'first_wins'
  /** Other names of the same conversion: kept under one of them it is a duplicate, and what comes under one later is one too. */
  readonly sameAs: readonly { readonly type: EventName; readonly id: string }[]
  /** The shop that it is of: its domain, account or portal, else the name of the source. */
  readonly shop: string | undefined
  /** It names nobody, and another call about the same conversion may: it may wait for that one. */
  readonly isWaiting: boolean
  /** Names under which a waiting event is of the same conversion, although one that was sent is not. */
  readonly replaces: readonly { readonly type: EventName; readonly id: string }[]
  /** Warnings of the source: what was rounded, and what speaks of the conversion and was not used. */
  readonly notes: readonly Note[]
}

/** What is known of a person. Hashed, apart from what the API takes raw. */
export interface Remembered {
  /** Position of the call in its batch, from 0. */
  readonly index: number
  /** Digests of the ids that the person is called by. */
  readonly people: readonly string[]
  /** What is known of the person. */
  readonly user: FriendlyUser
  /** What the person wishes; it holds for the events that follow. What is no boolean gets them refused. */
  readonly optOut?: boolean | undefined
}

/** Calls of one source in, events out. Pure; never throws for what a call holds. */
export type Source = (call: SourceCall) => Mapped

/** Options that every source takes. */
export interface SourceOptions {
  /** The generation of the API's contract: what of a person it can take. Default `'2026-06'`. */
  readonly contract?: Contract | undefined
  /** `'send'` makes events of test orders as well, for trying things out. Default `'skip'`. */
  readonly testOrders?: 'skip' | 'send' | undefined
  /** Where the action took place, for every event of this source. Default: what the call says. */
  readonly actionSource?: ActionSource | undefined
  /** The page to name where the call names none: an absolute URL. */
  readonly sourceUrl?: string | undefined
  /** A mapping file, parsed: what to change for which call (docs/sources.md). */
  readonly mapping?: unknown
  /** Names this source among others of its kind. It stands for the shop where the calls name none. */
  readonly name?: string | undefined
  /**
   * An amount with more decimals than its currency has: `'round'` to the nearest, half away from zero, with a warning; `'refuse'` keeps it
   * to be fixed. Default `'round'`.
   */
  readonly excessDecimals?: 'round' | 'refuse' | undefined
}

/** Options of sources that know orders. */
export interface OrderOptions extends SourceOptions {
  /** The id of an order: a name or path, or a template such as `order_{order_number}`. Default: the source's own id, as it is. */
  readonly id?: string | undefined
  /** What continues a subscription: no conversion, or an order of its own. Default `'skip'`. */
  readonly renewals?: 'skip' | 'send' | undefined
}
