/** Looks for a life that shows what is wrong with each broken relay, and lives the same life with the relay as it is. */
import type { LiveMany } from './many.ts'
import type { Alarm } from './problem.ts'
import type { Outcome, Task } from './simulate.ts'

/** A broken relay that is looked for. */
export interface Wanted {
  readonly name: string
  /** One of these must be raised. */
  readonly alarms: readonly Alarm[]
  /** The seed that is lived first. Default: 1. */
  readonly firstSeed?: number | undefined
  /** The life of a seed, with the relay as it is. */
  readonly life: (seed: number) => Task
}

/** What became of one broken relay. */
export interface Find {
  readonly name: string
  /** The life that showed it; `undefined`: none did. */
  readonly task: Task | undefined
  /** The alarm that it raised. */
  readonly alarm: Alarm | undefined
  /** What the relay as it is raised in the same life; it must be nothing. */
  readonly control: readonly string[]
}

interface Trail {
  readonly wanted: Wanted
  /** Seeds that are still to be lived. */
  readonly seeds: number[]
  isUnderWay: boolean
  found: Outcome | undefined
}

/** Lives of each broken relay until its alarm is raised, for at most so many seeds. */
export async function hunt(all: readonly Wanted[], mostSeeds: number, liveMany: LiveMany): Promise<readonly Find[]> {
  const trails = all.map((wanted): Trail => {
    const seeds = Array.from({ length: mostSeeds }, (_, index) => index + 1)
    const { firstSeed = 1 } = wanted
    return { wanted, seeds: [...new Set([firstSeed, ...seeds])], isUnderWay: false, found: undefined }
  })
  // The same life is the control of every broken relay that was found in it.
  const controls = new Map<string, Outcome | undefined>()
  const nextTask = (): Task | undefined => {
    const open = trails.find(({ isUnderWay, found, seeds }) => !isUnderWay && found === undefined && seeds.length > 0)
    if (open !== undefined) {
      open.isUnderWay = true
      return { ...open.wanted.life(open.seeds.shift()!), sabotage: open.wanted.name }
    }
    const { found, wanted } = trails.find((trail) => trail.found && !controls.has(nameOf(trail.found))) ?? {}
    if (found === undefined) return undefined
    controls.set(nameOf(found), undefined)
    return wanted!.life(found.seed)
  }
  const tasks: Iterator<Task> = {
    next() {
      const value = nextTask()
      return value === undefined ? { done: true, value } : { done: false, value }
    },
  }
  await liveMany(tasks, (outcome) => {
    const trail = trails.find(({ wanted }) => wanted.name === outcome.sabotage)
    if (trail === undefined) controls.set(nameOf(outcome), outcome)
    else note(trail, outcome)
  })
  return trails.map(({ wanted, found }) => ({
    name: wanted.name,
    task: found && wanted.life(found.seed),
    alarm: found && alarmOf(found, wanted),
    control: found === undefined ? [] : toldOf(controls.get(nameOf(found))),
  }))
}

function note(trail: Trail, outcome: Outcome): void {
  trail.isUnderWay = false
  if (alarmOf(outcome, trail.wanted) !== undefined) trail.found = outcome
}

/** Of a life, whoever lives it. */
function nameOf({ seed, fault, relays, lean }: Task): string {
  return [seed, fault, relays, lean].join()
}

function alarmOf({ problems }: Outcome, { alarms }: Wanted): Alarm | undefined {
  return problems.find(({ alarm }) => alarms.includes(alarm))?.alarm
}

function toldOf(control: Outcome | undefined): readonly string[] {
  if (control === undefined) return ['it was not lived']
  return control.problems.map(({ alarm, about }) => `${alarm}: ${about}`)
}
