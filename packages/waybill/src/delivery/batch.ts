import type { EventKey, Learned } from './learned.ts'
import type { GroupAnswer } from './question.ts'
import type { Reason } from './verdict.ts'

/** `refused`: the API refused it; `fails`: the API fails on it; `too_large`, `too_old`: the API says so of it, and nothing else does. */
export type SuspicionKind = 'refused' | 'fails' | 'too_large' | 'too_old'

/** Why an event waits by itself although nothing is certain of it: what was seen of it in earlier batches. It is asked apart from the others. */
export interface Suspicion {
  /** Why the event is suspected. */
  readonly kind: SuspicionKind
  /** Refusals, or failures, so far. */
  readonly times: number
  /** When the first was seen, Unix milliseconds. */
  readonly firstMs: number
  /** The reason of its end, should it end by this. */
  readonly code: string
  /** What the API said, in its words. */
  readonly message: string
}

/** What is now certain of one event, or that nothing is. */
export type Settlement =
  /** `contradicted`: it was refused, or named, and yet it passed. */
  | { readonly kind: 'delivered'; readonly contradicted: boolean }
  /** `unexplained`: its whole shape is refused; nobody is. */
  | { readonly kind: 'refused' | 'expired' | 'unexplained'; readonly reason: Reason }
  /** It waits by itself, and is asked again later. */
  | { readonly kind: 'suspect'; readonly suspicion: SuspicionKind; readonly reason: Reason; readonly times: number }
  /** Nothing was found out of it; it may travel with others again. */
  | { readonly kind: 'open'; readonly reason: Reason }

/** Where an event that the API calls too old stands by our own clock. */
export type Age = 'old' | 'young' | 'unknown'

export interface PlanContext<Item> {
  /** What answers have taught of this pixel. */
  readonly learned: Learned
  /** The shape of an item: event name and known keys. */
  readonly shapeOf: (item: Item) => string
  /** Tells the item from the others of its pixel, in whatever batch it comes. */
  readonly keyOf: (item: Item) => EventKey
  /** UTF-8 bytes of an item in a request. */
  readonly bytesOf: (item: Item) => number
  /** Time of the action, Unix milliseconds. */
  readonly timestampOf: (item: Item) => number
  /** Called once per event of the batch. */
  readonly settle: (item: Item, settlement: Settlement) => void
  /** Whether the item has its outcome. */
  readonly isSettled: (item: Item) => boolean
  /** Events that may be sent as probes of a shape now; those already decided are passed over. Default: the batch. */
  readonly reserve?: readonly Item[]
  /** Cuts what is too large for one request by what is known of sizes now. Default: by halves alone. */
  readonly cut?: (items: readonly Item[]) => readonly (readonly Item[])[]
  /** What earlier batches saw of it. */
  readonly suspicionOf?: (item: Item) => Suspicion | undefined
  /** By our own clock, where that is confirmed. */
  readonly ageOf: (item: Item) => Age
  /** Unix milliseconds: only for what waits for minutes. */
  readonly now: () => number
  /** `false`: no canary is sent, and an event of the shape is the only pass. */
  readonly canaries: boolean
  /** `first`: nothing is final, the first answer is told. */
  readonly finality: 'confirmed' | 'first'
  /** The API is not judging: it refuses the least canary too. `eventsPass`: although it took an event meanwhile. */
  readonly notJudging: (reason: Reason, eventsPass: boolean) => void
  /** Everything is answered 413, the least canary too. */
  readonly wayIsBroken: () => void
  /** A shape is at fault, or seems to be: what is left of it waits. */
  readonly shapeIsRefused: (shape: string, reason: Reason) => void
}

/** A refusal that is not final yet. */
export interface Suspect {
  reason: Reason
  /** Refusals of this very event: named, alone, or in a group whose others have passed. */
  refusals: number
  /** The moment of the first, in the order of answers. */
  readonly since: number
  /** When, before the last, its shape had last passed; 0: never. Refusals with no pass between them may be one fault of the API. */
  passBefore: number
}

/** The context inside a plan. */
export interface Batch<Item> extends PlanContext<Item> {
  readonly reserve: readonly Item[]
  readonly began: number
  readonly suspects: Map<Item, Suspect>
  /** Groups of several that were refused: an event whose neighbours of such a group have all passed was refused once. */
  readonly refusedGroups: RefusedGroup<Item>[]
  /** The API takes another event of their time: what it calls too old is refused for something else. */
  readonly ofGoodAge: Set<Item>
  readonly delivered: Set<Item>
  /** Up to which time the API takes nothing, as far as it was asked in this batch. */
  readonly tooOld: { uptoMs: number | undefined }
  /** The API fails on a part of this batch: one failure of a part is enough now. */
  isSplit: boolean
  /** A canary was asked because nothing of the batch passed. */
  hasAsked: boolean
}

/** The events of which nothing is certain yet. */
export function open<Item>(items: readonly Item[], batch: Batch<Item>): readonly Item[] {
  return items.filter((item) => !batch.isSettled(item) && !batch.suspects.has(item))
}

/** Why the event at `position` of the group was refused, as closely as the API said it. */
export function reasonFor(answer: Extract<GroupAnswer, { kind: 'refused' }>, position: number): Reason {
  return answer.events.find((event) => event.position === position) ?? answer.reason
}

/** Gives those of the group that travelled and were taken. */
export function settleDelivered<Item>(
  group: readonly Item[],
  batch: Batch<Item>,
  contradicted: boolean = false,
): readonly Item[] {
  // What was decided while the group waited to be sent (its window closed, its shape was held) did not travel with it.
  const passed = group.filter((item) => !batch.isSettled(item))
  for (const item of group) batch.suspects.delete(item)
  for (const item of passed) {
    batch.delivered.add(item)
    batch.settle(item, { kind: 'delivered', contradicted })
  }
  for (const shape of new Set(passed.map(batch.shapeOf))) batch.learned.eventPassed(shape)
  return passed
}

/** A group of several was refused, and when, in the order of answers. */
export interface RefusedGroup<Item> {
  readonly group: readonly Item[]
  readonly at: number
}

export function noteRefused<Item>(group: readonly Item[], batch: Batch<Item>): void {
  batch.refusedGroups.push({ group, at: batch.learned.now() })
}

/** What a batch holds against an event. */
export interface Evidence {
  /** The moment of the first refusal, in the order of answers. */
  readonly since: number
  /** There are two refusals, and a pass of its shape between them. */
  readonly isEnough: boolean
}

/** Its own refusals, and that of a group whose other members have all passed since. */
export function evidenceOn<Item>(item: Item, batch: Batch<Item>): Evidence {
  const own = batch.suspects.get(item)!
  const byGroup = batch.refusedGroups.find(
    ({ group }) => group.includes(item) && group.every((other) => other === item || batch.delivered.has(other)),
  )
  const refusals = own.refusals + (byGroup === undefined ? 0 : 1)
  const since = Math.min(own.since, byGroup?.at ?? own.since)
  return { since, isEnough: refusals >= 2 && own.passBefore > since }
}
