import { minuteOf } from '../../minute.ts'
import type { Core } from '../core.ts'
import { READY, WAITING } from '../state.ts'

/** One lease makes at most this many ready, so that millions that become due together do not stop everything else. */
export const MAX_PROMOTED = 5_000

/** Inside a transaction: what waited and has become due can be leased from here on. */
export function promote(core: Core, pixel: number, nowMs: number): void {
  for (const { row, shape, timestamp_ms: timestampMs } of core.statements.promoteDue(pixel, nowMs, MAX_PROMOTED)) {
    core.tally.move(pixel, shape, WAITING, READY)
    core.frontier.lower(pixel, shape, { minute: minuteOf(timestampMs), row })
  }
  core.due.read(pixel)
  core.undo.add(() => core.due.lower(pixel, nowMs))
}
