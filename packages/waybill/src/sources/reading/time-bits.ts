/** What one cell says of how its column writes times; the bits of all cells are OR-ed. */
export const TIME: Readonly<Record<TimeBit, number>> = {
  NONE: 0,
  EPOCH_S: 1,
  EPOCH_MS: 2,
  EPOCH_US: 4,
  EPOCH_NS: 8,
  /** The day number of a spreadsheet, with a time of day. */
  SERIAL: 16,
  /** A time that says how far it is from UTC. */
  OFFSET: 32,
  LOCAL: 64,
  DATE_ONLY: 128,
  /** 28/11/2026 */
  DAY_FIRST: 256,
  /** 11/28/2026 */
  MONTH_FIRST: 512,
  /** 03/04/2026 */
  EITHER_ORDER: 1024,
  CLOCK_ONLY: 2048,
  UNREADABLE: 4096,
  /** A time of day other than midnight, in whichever form. */
  DAYTIME: 8192,
}

export type TimeBit =
  | 'NONE'
  | 'EPOCH_S'
  | 'EPOCH_MS'
  | 'EPOCH_US'
  | 'EPOCH_NS'
  | 'SERIAL'
  | 'OFFSET'
  | 'LOCAL'
  | 'DATE_ONLY'
  | 'DAY_FIRST'
  | 'MONTH_FIRST'
  | 'EITHER_ORDER'
  | 'CLOCK_ONLY'
  | 'UNREADABLE'
  | 'DAYTIME'
