import { seededRandom } from '../packages/waybill/src/delivery/plan.cases.ts'

/** Chance that a seed decides. */
export interface Dice {
  readonly random: () => number
  /** A whole number from 0 to below. */
  whole(below: number): number
  pick<Item>(list: readonly Item[]): Item
  chance(share: number): boolean
}

/** A stream of chance of its own for each name, so that one part of a life can change without the others. */
export function diceFor(seed: number, name: string): Dice {
  const random = seededRandom(hash(`${seed} ${name}`))
  const whole = (below: number): number => Math.floor(random() * below)
  return { random, whole, pick: (list) => list[whole(list.length)]!, chance: (share) => random() < share }
}

function hash(text: string): number {
  let value = 2166136261
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 16777619)
  return value >>> 0
}
