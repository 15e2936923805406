import type { Reason } from './verdict.ts'

/** A refusal that is not final yet: it could turn out to be everybody's. */
export interface Suspect<Item> {
  readonly item: Item
  readonly reason: Reason
}

/** So many refusals in a row of one shape, alike in code and path, raise the question whether the shape or the API is at fault. */
export const STREAK_THAT_ALARMS = 8
/** So many more of the shape, spread over the rest, answer it. */
export const PROBES_THAT_DECIDE = 4

/**
 * Watches one pixel for faults that are not the events' own: a release that broke every event of a shape, or an API that
 * refuses all. A refusal stays a suspect until something of its shape passes (then it was the event's own fault), until the caller
 * flushes, or until the shape is held (then nobody is refused).
 */
export interface SystemicWatch<Item> {
  /** Something of this shape passed: its suspects are refused for good, and are returned. */
  passed(shape: string): Suspect<Item>[]
  /** Notes a refusal; returns the suspects that it clears because their reason was another one. */
  refused(shape: string, suspect: Suspect<Item>): Suspect<Item>[]
  isAlarming(shape: string): boolean
  isSuspect(item: Item): boolean
  /** The shape is held: returns its suspects, none of which is refused. */
  hold(shape: string): Suspect<Item>[]
  isHeld(shape: string): boolean
  /** Returns the suspects that `belongs` picks (default: all) and keeps the counts: for the end of a send, where each must have an outcome. */
  flush(belongs?: (item: Item) => boolean): Suspect<Item>[]
  /** Refusals in a row of a shape, those flushed included. */
  streakOf(shape: string): number
}

interface Streak<Item> {
  key: string
  length: number
  suspects: Suspect<Item>[]
}

export function createSystemicWatch<Item>(): SystemicWatch<Item> {
  const streaks = new Map<string, Streak<Item>>()
  const held = new Set<string>()
  const suspected = new Set<Item>()
  const clear = (suspects: Suspect<Item>[]): Suspect<Item>[] => {
    for (const { item } of suspects) suspected.delete(item)
    return suspects
  }
  const take = (shape: string): Suspect<Item>[] => {
    const suspects = streaks.get(shape)?.suspects ?? []
    streaks.delete(shape)
    return clear(suspects)
  }
  return {
    passed(shape) {
      held.delete(shape)
      return take(shape)
    },
    refused(shape, suspect) {
      const key = `${suspect.reason.code} ${suspect.reason.path}`
      const cleared = streaks.get(shape)?.key === key ? [] : take(shape)
      const streak = streaks.get(shape) ?? { key, length: 0, suspects: [] }
      streak.length += 1
      streak.suspects.push(suspect)
      suspected.add(suspect.item)
      streaks.set(shape, streak)
      return cleared
    },
    isSuspect: (item) => suspected.has(item),
    isAlarming: (shape) => (streaks.get(shape)?.length ?? 0) >= STREAK_THAT_ALARMS,
    hold(shape) {
      held.add(shape)
      return take(shape)
    },
    isHeld: (shape) => held.has(shape),
    flush(belongs = () => true) {
      const flushed = [...streaks.values()].flatMap((streak) => {
        const own = streak.suspects.filter(({ item }) => belongs(item))
        streak.suspects = streak.suspects.filter(({ item }) => !belongs(item))
        return own
      })
      return clear(flushed)
    },
    streakOf: (shape) => streaks.get(shape)?.length ?? 0,
  }
}

/** `count` members of a list, evenly spread over it. */
export function spread<Item>(list: readonly Item[], count: number): Item[] {
  const step = list.length / (count + 1)
  return Array.from({ length: count }, (_, index) => list[Math.min(list.length - 1, Math.floor(step * (index + 1)))]!)
}
