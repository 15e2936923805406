export { isObject } from '../contract/plain.ts'
export * from '../duration.ts'
export { aloneDelayMs, backoffMs, readRetryAfterMs, retryDelayMs } from './backoff.ts'
export type { Age, PlanContext, Settlement, Suspicion, SuspicionKind } from './batch.ts'
export { type Belief, createBelief } from './belief.ts'
export { CANARY_ID_PREFIX, canaryOf, leastCanary } from './canary.ts'
export { type ChunkLimits, chunk, utf8Bytes } from './chunk.ts'
export * from './drive/index.ts'
export { Learned, type LearnedNote } from './learned.ts'
export { asksForPause, nextPace, type Pace, type PaceMoment, requestsAtATime, startPace } from './pace.ts'
export { planBatch, planSuspects } from './plan.ts'
export { mapPositions } from './positions.ts'
export type { CanaryAnswer, GroupAnswer, Plan, Question, Reply } from './question.ts'
export { shapeKey } from './shape.ts'
export { PROBES_THAT_DECIDE, SHORT_WINDOW, STREAK_THAT_HOLDS, spread } from './suspects.ts'
export {
  type Answer,
  carriesVerdict,
  type HoldCode,
  isOfRelayInDoubt,
  judgeAnswer,
  type NamedEvent,
  type Reason,
  type RelayResult,
  type Verdict,
  withTidyText,
} from './verdict.ts'
export { ageOf, NEAR_END_MS, type WindowState, windowMarginMs, windowState } from './window.ts'
