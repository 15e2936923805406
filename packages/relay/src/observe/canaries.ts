import type { LifecycleEvents } from '../engine/index.ts'

/** What a pixel's last canary was answered. */
export interface CanaryAnswered {
  readonly atMs: number
  /** `undefined`: the least one. */
  readonly shape: string | undefined
  readonly passed: boolean
  readonly code: string | undefined
  readonly message: string | undefined
}

/** What the answers of a pixel's API look like, beside its counts. */
export interface PixelSigns {
  readonly canary: CanaryAnswered | undefined
  /** Events since the start that were delivered although the API counted fewer than it was sent. */
  readonly miscounted: number
}

/** Remembers what `status` shows of each pixel. */
export function watchSigns(events: LifecycleEvents, now: () => number): (pixel: string) => PixelSigns {
  const canaries = new Map<string, CanaryAnswered>()
  const miscounted = new Map<string, number>()
  events.on('canary:answered', ({ pixel, ...canary }) => void canaries.set(pixel, { atMs: now(), ...canary }))
  events.on('event:delivered', ({ pixel, mark }) => {
    if (mark === 'count_mismatch') miscounted.set(pixel, (miscounted.get(pixel) ?? 0) + 1)
  })
  return (pixel) => ({ canary: canaries.get(pixel), miscounted: miscounted.get(pixel) ?? 0 })
}
