import type { Outcome, Task } from '../simulate.ts'
import { BROKEN_SEVERAL } from './broken.ts'
import { judgeSeveral } from './oracle.ts'
import { drawSeveral } from './plan.ts'
import { liveSeveral } from './world.ts'

/** Lives one life of several relays; the same task always lives the same. */
export async function simulateSeveral(
  task: Task & { readonly relays: number },
  trace?: (line: string) => void,
): Promise<Outcome> {
  const plan = drawSeveral(task.seed, task.relays, task.lean)
  const broken = task.sabotage === undefined ? undefined : BROKEN_SEVERAL[task.sabotage]!.break
  const life = await liveSeveral(plan, { break: broken, trace })
  return { ...task, faults: [], problems: await judgeSeveral(life) }
}
