import { BROKEN, type Broken } from './broken/index.ts'
import type { FaultName } from './faults.ts'
import { judge } from './oracle.ts'
import { drawPlan, type PlanOptions } from './plan.ts'
import type { Problem } from './problem.ts'
import type { Lean } from './several/plan.ts'
import { simulateSeveral } from './several/simulate.ts'
import { openStore } from './stores.ts'
import { type Life, live } from './world.ts'

/** One life to be lived. */
export interface Task extends PlanOptions {
  readonly seed: number
  /** So many relays on one data set. Default: one, on data of its own. */
  readonly relays?: number | undefined
  /** Of several relays: what every life has. */
  readonly lean?: Lean | undefined
  /** The name of a broken relay, from `broken/`, of several from `several/broken.ts`. Default: the relay as it is. */
  readonly sabotage?: string | undefined
}

/** What a life came to. */
export interface Outcome extends Task {
  readonly faults: readonly FaultName[]
  /** Empty when all promises held. */
  readonly problems: readonly Problem[]
}

/** Lives one life; the same task always lives the same. */
export async function simulate(task: Task, trace?: (line: string) => void): Promise<Outcome> {
  const { relays } = task
  if (relays !== undefined) return simulateSeveral({ ...task, relays }, trace)
  const plan = drawPlan(task.seed, task)
  let problems: readonly Problem[] = []
  const broken = task.sabotage === undefined ? undefined : BROKEN[task.sabotage]!
  const parts = { openStore, trace, break: broken?.break, isShown: broken && ((life: Life) => hasShown(broken, life)) }
  await live(plan, parts, async (life) => {
    problems = await judge(life)
  })
  return { ...task, faults: plan.faults, problems }
}

/** What is wrong with it has come to light: what it does for the rest of its days shows nothing more. */
async function hasShown({ alarms }: Broken, life: Life): Promise<boolean> {
  return (await judge(life)).some(({ alarm }) => alarms.includes(alarm))
}
