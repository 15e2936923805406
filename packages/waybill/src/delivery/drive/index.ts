export { askCanary } from './canaries.ts'
export { type Driven, type DriveOptions, drive } from './drive.ts'
export { exchange } from './exchange.ts'
export { Gate, type GateClock, type GateLimits, type GateNote } from './gate.ts'
export type { Asked, Body, Carried, DrivePort, HoldVerdict, Purpose, RetryVerdict, Waiting } from './port.ts'
export { proveShapes } from './preflight.ts'
export type { RelayIssue, RelaySaid } from './relay-answer.ts'
export {
  APART_MS,
  type Claim,
  type ClaimName,
  type Moment,
  type TimeChange,
  TimeClaims,
  TOLERANCE_MS,
  type WindowTold,
} from './time-claims.ts'
export { sendWhole, type Whole, type WholeEnd } from './whole.ts'
