import type { Reason, Verdict } from './verdict.ts'

/** The judgements that concern content; `named` positions are positions in the group that was sent. */
export type GroupAnswer =
  | Extract<Verdict, { kind: 'delivered' | 'refused' | 'too_large' }>
  /** The API fails on this group (5xx, reset, timeout) while it answers other requests. */
  | { readonly kind: 'failing'; readonly why: string; readonly times: number }

/** What a canary was answered. `unknown`: no answer that says anything. */
export type CanaryAnswer =
  | { readonly kind: 'canary'; readonly said: 'passed' | 'too_large' | 'unknown' }
  | { readonly kind: 'canary'; readonly said: 'refused'; readonly reason: Reason }

/** What became of named events that were asked again, each between two canaries. */
export interface NamesAnswer<Item> {
  readonly kind: 'names'
  /** Named again while no canary was. */
  readonly again: ReadonlyMap<Item, Reason>
  /** A canary was named, or nobody, or somebody who was not asked. */
  readonly areWrong: boolean
  /** No answer that says anything. */
  readonly isUnknown: boolean
}

/** What a plan wants to know next. */
export type Question<Item> =
  | {
      readonly ask: 'events'
      readonly group: readonly Item[]
      /** Where the API fails on a part of what it failed on before, one failure is enough. */
      readonly isSplit: boolean
    }
  /** `shape` undefined: the least canary. `timestampMs`: the canary's own time, default now. */
  | { readonly ask: 'canary'; readonly shape?: string | undefined; readonly timestampMs?: number | undefined }
  | { readonly ask: 'names'; readonly named: readonly Item[] }

export type Reply<Item> = GroupAnswer | CanaryAnswer | NamesAnswer<Item>

/** Yields the next question, takes its answer. */
export type Plan<Item> = Generator<Question<Item>, void, Reply<Item>>
/** A part of a plan that comes back with something it found out. */
export type Ask<Item, Result> = Generator<Question<Item>, Result, Reply<Item>>

/** Sends events of the batch. */
export function* askEvents<Item>(group: readonly Item[], isSplit: boolean): Ask<Item, GroupAnswer> {
  return (yield { ask: 'events', group, isSplit }) as GroupAnswer
}

/** Sends the canary of a shape, or the least canary, with `validate_only`. */
export function* askCanary<Item>(shape?: string, timestampMs?: number): Ask<Item, CanaryAnswer> {
  return (yield { ask: 'canary', shape, timestampMs }) as CanaryAnswer
}

/** Asks named events once more, each between two canaries, with `validate_only`. */
export function* askNames<Item>(named: readonly Item[]): Ask<Item, NamesAnswer<Item>> {
  return (yield { ask: 'names', named }) as NamesAnswer<Item>
}
