/**
 * How large a request body may be for one pixel, learned from what passed and what was answered 413. The limit lies between the
 * two, and rises again by trying.
 */
export interface BodyLimit {
  /** Bodies are cut to this, in UTF-8 bytes. */
  readonly limitBytes: number
  /** The largest body that ever passed. */
  readonly passedBytes: number
  /** Bodies in a row that passed under a limit that had fallen. */
  readonly passes: number
}

/** Less than this is asked of nobody: a limit that small is no limit of a size. */
const LEAST_LIMIT_BYTES = 1_000
/** A little more than half, so that two requests take the place of one that was too large, and not three. */
const SHARE_THAT_MAY_FIT = 0.55
const PASSES_BEFORE_RISING = 20

export const startBodyLimit = (maxBytes: number): BodyLimit => ({ limitBytes: maxBytes, passedBytes: 0, passes: 0 })

/** A body was answered 413 while the least canary passed. */
export function bodyWasTooLarge(limit: BodyLimit, bytes: number): BodyLimit {
  const { passedBytes, limitBytes } = limit
  const share = Math.floor(bytes * SHARE_THAT_MAY_FIT)
  // What passed before is a floor, unless a smaller body is refused now: then the way has changed.
  const next = passedBytes < bytes ? Math.max(share, passedBytes) : share
  return { limitBytes: Math.max(LEAST_LIMIT_BYTES, Math.min(limitBytes, next)), passedBytes, passes: 0 }
}

/** A body passed. After 20 of them a limit that had fallen is doubled, up to what the pixel is set to. */
export function bodyPassed(limit: BodyLimit, bytes: number, maxBytes: number): BodyLimit {
  const passedBytes = Math.max(limit.passedBytes, bytes)
  if (limit.limitBytes >= maxBytes) return passedBytes === limit.passedBytes ? limit : { ...limit, passedBytes }
  const passes = limit.passes + 1
  if (passes < PASSES_BEFORE_RISING) return { ...limit, passedBytes, passes }
  return { limitBytes: Math.min(maxBytes, limit.limitBytes * 2), passedBytes, passes: 0 }
}

/** No API refuses a smaller event for its size. */
export const SURELY_SMALL_BYTES: number = 64 * 1_024

/** Whether a single event that was answered 413 can be at fault itself: it is large, and larger than all that passed. */
export function canBeTooLarge({ passedBytes }: BodyLimit, bytes: number): boolean {
  return bytes > SURELY_SMALL_BYTES && bytes > passedBytes
}
