/**
 * What isolation believes about the events ahead: the rate of bad ones (a Beta prior, updated), and, right after a bad
 * one, the chance that the next is bad too, because bad events come in runs. See `docs/isolation.md`.
 */
export interface Belief {
  /** Chance that the next `count` events are all good. */
  clean(count: number): number
  /** The group size, 1…max, whose chance of being clean is nearest to `goal`. */
  sizeFor(goal: number, max: number): number
  /** An event turned out bad. */
  sawBad(): void
  /** So many events turned out good. */
  sawGood(count: number): void
}

/** Starting values: measured to be near the best for 1 to 100 bad events in 1,000. */
const START = { bad: -0.5, good: 1, stay: [0, 0.1, 0.5], leave: [0, 0.9, 0.5] } as const

export function createBelief(): Belief {
  let bad: number = START.bad
  let good: number = START.good
  const stay: number[] = [...START.stay]
  const leave: number[] = [...START.leave]
  /** Bad events in a row that just ended: 0, 1, or 2 for two and more. */
  let row = 0

  const afterBad = (): 0 | 1 => (row > 0 ? 1 : 0)
  const leaves = (): number => (row > 0 ? leave[row]! / (stay[row]! + leave[row]!) : 1)
  const weight = (): number => good + (bad - 1) / 2

  const clean = (count: number): number => leaves() * (1 + (count - afterBad()) / weight()) ** -bad

  return {
    clean,
    sizeFor(goal, max) {
      const estimate = Math.floor(afterBad() + weight() * ((goal / leaves()) ** (-1 / bad) - 1))
      const size = Number.isNaN(estimate) ? 1 : Math.min(max, Math.max(1, estimate))
      if (size === max) return size
      return Math.abs(clean(size + 1) - goal) < Math.abs(clean(size) - goal) ? size + 1 : size
    },
    sawBad() {
      if (row > 0) stay[row]! += 1
      else bad += 1
      row = Math.min(2, row + 1)
    },
    sawGood(count) {
      if (row > 0) leave[row]! += 1
      good += row > 0 ? count - 1 : count
      row = 0
    },
  }
}
