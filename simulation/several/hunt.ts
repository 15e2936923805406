/** Looks for a life that shows what is wrong with each broken relay among several, and lives the same life with relays as they are. */
import { simulateMany } from '../many.ts'
import type { Outcome, Task } from '../simulate.ts'
import { BROKEN_SEVERAL } from './broken.ts'

export interface SeveralFind {
  readonly name: string
  /** The seed of the life that showed it; `undefined`: none did. */
  readonly seed: number | undefined
  /** What relays as they are raise in the same life; it must be nothing. */
  readonly control: readonly string[]
}

/** For at most so many seeds each. */
export async function huntSeveral(relays: number, mostSeeds: number): Promise<readonly SeveralFind[]> {
  const finds: SeveralFind[] = []
  for (const [name, { alarms, lean }] of Object.entries(BROKEN_SEVERAL)) {
    const isShown = ({ problems }: Outcome): boolean => problems.some(({ alarm }) => alarms.includes(alarm))
    let found: number | undefined
    const tasks = function* (): Generator<Task> {
      for (let seed = 1; seed <= mostSeeds && found === undefined; seed++) yield { seed, relays, lean, sabotage: name }
    }
    await simulateMany(tasks(), (outcome) => {
      if (isShown(outcome) && (found === undefined || outcome.seed < found)) found = outcome.seed
    })
    const control: string[] = []
    if (found !== undefined)
      await simulateMany([{ seed: found, relays, lean }].values(), ({ problems }) => {
        for (const { alarm, about } of problems) control.push(`${alarm}: ${about}`)
      })
    finds.push({ name, seed: found, control })
  }
  return finds
}
