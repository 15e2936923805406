import type { LifecycleEvents } from '../engine/index.ts'

/** Since when the clocks differ, Unix milliseconds; `undefined` while they agree, and at the start, before anybody was asked. */
export function watchDoubt(events: LifecycleEvents, now: () => number): () => number | undefined {
  let sinceMs: number | undefined
  events.on('clock:doubted', () => {
    sinceMs ??= now()
  })
  events.on('clock:confirmed', () => {
    sinceMs = undefined
  })
  return () => sinceMs
}
