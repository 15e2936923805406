export { type Band, bandOfSteps } from './band.ts'
export type {
  Cause,
  CauseKind,
  Facts,
  FailingPixel,
  Flow,
  Holding,
  Level,
  Mark,
  Money,
  Steps,
  Verdict,
  WaitingFor,
  WaitingSeries,
} from './facts.ts'
export { startOfQuarter, type Window, windowsOf } from './steps.ts'
export { verdictOf } from './verdict.ts'
export { causeInWords, sentenceOf, type Telling } from './words.ts'
