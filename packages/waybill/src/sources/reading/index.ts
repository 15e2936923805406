/** How people and their systems write amounts and times: one reader of each, for files and for calls. */
export {
  AMOUNT,
  type Amount,
  type AmountStyle,
  amountEvidence,
  isBelowZero,
  readAmount,
  settleAmounts,
} from './amount.ts'
export { type Damage, damagedId, isFailedCell } from './damaged.ts'
export type { TimeUnit } from './epoch.ts'
export type { Reading } from './reading.ts'
export { type ReadTime, readTime, settleTimes, type TimeReading, type TimeStyle, timeEvidence } from './time.ts'
export { TIME } from './time-bits.ts'
export { isTimePattern } from './time-pattern.ts'
export { createTimeZone, type Instants, type TimeZone, zoneOfHeader } from './time-zone.ts'
