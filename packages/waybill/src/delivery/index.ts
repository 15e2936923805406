export { isObject } from '../contract/plain.ts'
export * from '../duration.ts'
export { backoffMs, readRetryAfterMs, retryDelayMs } from './backoff.ts'
export type { GroupAnswer, Plan, PlanContext, Settlement } from './batch.ts'
export { type Belief, createBelief } from './belief.ts'
export { type ChunkLimits, chunk, utf8Bytes } from './chunk.ts'
export { asksForPause, nextPace, type Pace, type PaceMoment, requestsAtATime, startPace } from './pace.ts'
export { planBatch } from './plan.ts'
export { mapPositions } from './positions.ts'
export { shapeKey } from './shape.ts'
export { createSystemicWatch, type Suspect, type SystemicWatch, spread } from './systemic.ts'
export {
  type Answer,
  type HoldCode,
  judgeAnswer,
  type NamedEvent,
  type Reason,
  type RelayResult,
  type Verdict,
  withTidyText,
} from './verdict.ts'
export { NEAR_END_MS, type WindowState, windowMarginMs, windowState } from './window.ts'
