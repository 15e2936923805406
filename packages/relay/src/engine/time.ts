import { retryDelayMs } from 'waybill/delivery'
import type { Line } from './line.ts'

/** Stores nothing, and any answer to it carries the API's time. */
const EMPTY = '{"validate_only":true,"events":[]}'
const HOUR_MS = 60 * 60 * 1_000

/** Asks the API for its time; false when no answer came. */
export async function askTime({ plant, config, post }: Line): Promise<boolean> {
  const answer = await post(EMPTY, { timeoutMs: config.timeoutMs, signal: plant.pauseSignal })
  if (answer.kind === 'response') plant.clock.observe(answer.date)
  return answer.kind === 'response'
}

/**
 * Nothing leaves while the clock of this machine is in doubt and the API has not said what time it is: its window could not be kept.
 * False when the engine stops meanwhile.
 */
export async function knowTime(line: Line): Promise<boolean> {
  const { plant, gate } = line
  for (let failures = 1; !plant.clock.isTrusted() && !line.hasAskedTime; failures++) {
    if (plant.isStopping() || !(await gate.enter(plant.signal))) return false
    line.hasAskedTime = await askTime(line).finally(() => gate.leave())
    if (line.hasAskedTime) break
    const { random, sleep } = plant.runtime
    await sleep(retryDelayMs(failures, { timeLeftMs: HOUR_MS, random }), plant.pauseSignal)
  }
  return !plant.isStopping()
}
