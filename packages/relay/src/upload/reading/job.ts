import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { ContractSetting } from 'waybill'
import {
  findingsOf,
  type Input,
  type KeptRepeat,
  MappingError,
  mapOfPlan,
  type Opening,
  type OrderFindings,
  parseMapping,
  planColumns,
  Repeats,
  type Survey,
} from '../../files/index.ts'
import type { Judgement } from '../taken.ts'

/** What another thread needs to read a file as it was judged: all of it can be copied. */
export interface ReadingJob extends Opening, OrderFindings {
  readonly map: Readonly<Record<string, unknown>>
  readonly columns: readonly string[]
  readonly repeats: readonly KeptRepeat[]
  readonly isMapped: boolean
  readonly fileZone: string | undefined
  readonly timeZone: string | undefined
  readonly contract: ContractSetting
  readonly wantsRows: boolean
}

/** How the run reads, beside what the file says. */
export interface ReadingRules {
  readonly timeZone: string | undefined
  readonly contract: ContractSetting
  /** Whether rows are written down where their event is refused. */
  readonly wantsRows: boolean
}

/** A smaller one is read before a thread has begun. */
const MIN_BYTES = 8 * 1024 * 1024

/** Whether a file is so large, and the machine has a core for it. */
export function isWorthAThread(input: Input, cores: number = availableParallelism()): boolean {
  const { size = 0 } = statSync(input.opening().place, { throwIfNoEntry: false }) ?? {}
  return cores > 1 && size >= MIN_BYTES
}

/** The job; `undefined` where the map of a plan does not say all of it, so that only the plan itself will do. */
export function jobOf(input: Input, survey: Survey, rules: ReadingRules): ReadingJob | undefined {
  const { plan, mapping, repeats, isMapped, fileZone } = survey
  const job: ReadingJob = {
    ...input.opening(),
    map: mapOfPlan(plan, mapping),
    columns: plan.columns,
    repeats: repeats.entries(),
    ...findingsOf(survey),
    isMapped,
    fileZone,
    ...rules,
  }
  return isSame(job, plan) ? job : undefined
}

function isSame(job: ReadingJob, plan: Judgement['plan']): boolean {
  try {
    return sayable(judgementOf(job).plan) === sayable(plan)
  } catch (error) {
    if (error instanceof MappingError) return false
    throw error
  }
}

/** What the first reading found, made anew from a job. */
export function judgementOf({ map, columns, repeats, isMapped, ...rules }: ReadingJob): Judgement {
  const { timeZone, contract, fileZone } = rules
  const plan = planColumns(columns, { mapping: parseMapping(map), timeZone, contract, fileZone, isComplete: true })
  return { plan, repeats: Repeats.kept(repeats), isMapped, ...findingsOf(rules) }
}

/** What decides how a row is read; a zone by its name, a table of words as it was written. */
function sayable({ steps, where, groupBy, items }: Judgement['plan']): string {
  return JSON.stringify([steps, where, groupBy, items])
}
