/** Looks for a life that shows what is wrong with each broken relay, and lives the same life with the relay as it is. */
import { BROKEN, type Broken } from './broken/index.ts'
import { simulateMany } from './many.ts'
import type { Outcome, Task } from './simulate.ts'

/** What became of one broken relay. */
export interface Find {
  readonly name: string
  /** The life that showed it; `undefined`: none did. */
  readonly task: Task | undefined
  readonly lives: number
  /** The alarm that it raised. */
  readonly alarm: string | undefined
  /** What the relay as it is raised in the same life; it must be nothing of the kind. */
  readonly control: readonly string[]
}

interface Trail {
  readonly name: string
  readonly broken: Broken
  lives: number
  nextSeed: number
  isUnderWay: boolean
  found: Outcome | undefined
  control: Outcome | undefined
}

/** Lives of each broken relay until its alarm is raised, for at most so many seeds, on all cores. */
export async function hunt(names: readonly string[], mostSeeds: number): Promise<readonly Find[]> {
  const trails = names.map((name): Trail => {
    const rest = { lives: 0, nextSeed: 1, isUnderWay: false, found: undefined, control: undefined }
    return { name, broken: BROKEN[name]!, ...rest }
  })
  const tasks: Iterator<Task> = {
    next() {
      const trail = trails.find((one) => !one.isUnderWay && isOpen(one, mostSeeds))
      if (trail === undefined) return { done: true, value: undefined }
      trail.isUnderWay = true
      return { done: false, value: nextTask(trail) }
    },
  }
  await simulateMany(tasks, (outcome) => note(trails.find(({ name }) => name === outcome.about)!, outcome))
  return trails.map(({ name, lives, found, control, broken }) => ({
    name,
    lives,
    task: found && { seed: found.seed, fault: found.fault, sabotage: found.sabotage },
    alarm: found && alarmOf(found, broken),
    control: control?.problems.filter(({ alarm }) => broken.alarms.includes(alarm)).map(({ about }) => about) ?? [],
  }))
}

function isOpen({ found, control, nextSeed }: Trail, mostSeeds: number): boolean {
  return found === undefined ? nextSeed <= mostSeeds : control === undefined
}

function nextTask(trail: Trail): Task {
  const { found, name, broken } = trail
  if (found !== undefined) return { seed: found.seed, fault: found.fault, about: name }
  const seed = trail.nextSeed++
  return { seed, fault: broken.faults[seed % broken.faults.length], sabotage: name, about: name }
}

function note(trail: Trail, outcome: Outcome): void {
  trail.isUnderWay = false
  if (trail.found !== undefined) trail.control = outcome
  else {
    trail.lives += 1
    if (alarmOf(outcome, trail.broken) !== undefined) trail.found = outcome
  }
}

function alarmOf({ problems }: Outcome, { alarms }: Broken): string | undefined {
  return problems.find(({ alarm }) => alarms.includes(alarm))?.alarm
}
