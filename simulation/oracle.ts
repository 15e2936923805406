/** What must hold after every life (`README.md` of this folder lists it with the faults). */
import type { Life } from './world.ts'

const WINDOW_MS = 7 * 24 * 60 * 60 * 1_000
const ENDS: ReadonlySet<string> = new Set(['delivered', 'refused', 'expired'])

/** Everything that does not hold, in words; empty when all is well. */
export async function judge(life: Life): Promise<string[]> {
  const { plan, api, store, acknowledged } = life
  const problems = [...life.problems, ...api.violations]
  const stored = new Map(api.emulator.events().map(({ event, received }) => [event.id, received]))
  const counts = await store.counts()
  if (counts.unaccounted !== 0) problems.push(`I1: ${counts.unaccounted} unaccounted`)
  for (const id of acknowledged.keys()) {
    const [account, ...others] = await store.show(id)
    if (account === undefined || others.length > 0) {
      problems.push(`I1: ${id} has ${account === undefined ? 'no account' : 'two accounts'}`)
      continue
    }
    const { state, code } = account
    const poisoned = plan.poison?.test(id) === true
    if (!ENDS.has(state)) problems.push(`I1: ${id} ended as ${state} (${code}) although its window has closed`)
    if (state === 'delivered' && !stored.has(id))
      problems.push(`I4: ${id} is called delivered and the API never stored it`)
    if (state === 'refused' && !poisoned && !plan.flaps) problems.push(`I3: ${id} was refused (${code}) and is good`)
    if (state === 'refused' && stored.has(id) && !plan.flaps)
      problems.push(`I4: ${id} is called refused and the API stored it`)
    if (state === 'expired' && !mayExpire(life, id))
      problems.push(`I6: ${id} expired (${code}) although there was time to send it`)
    const surplus = (stored.get(id) ?? 0) - 1 - (api.ambiguous.get(id) ?? 0) - life.crashes
    if (surplus > 0) problems.push(`I2: ${id} was stored ${surplus} times more than ambiguity explains`)
  }
  for (const id of stored.keys()) {
    if (!plan.events.has(id)) problems.push(`the API stored ${id}, which nobody sent`)
  }
  return problems
}

/** True when its time ran out while something kept it: it came late, the API was down, or its shape or pixel was held. */
function mayExpire({ plan, acknowledged }: Life, id: string): boolean {
  const endsAtMs = plan.events.get(id)! + WINDOW_MS
  const cameAtMs = acknowledged.get(id)!
  if (endsAtMs - cameAtMs < 30 * 60_000) return true
  // A hold is probed every 15 minutes; a shape or pixel that was held by a fault must have come free in its week.
  const faultsEndMs = Math.max(0, ...plan.phases.map(({ toMs }) => toMs), ...plan.clockShifts.map(({ atMs }) => atMs))
  const lateRetryMs = 3 * 60 * 60_000
  return endsAtMs < Math.max(cameAtMs, faultsEndMs) + lateRetryMs || plan.poison?.test(id) === true
}
