import type { AmountStyle, TimeStyle } from 'waybill/sources'

/** How the texts of one column are read. */
export interface CellRules {
  readonly amount: AmountStyle
  readonly amountUnit?: 'minor' | 'major'
  readonly time: TimeStyle
  /** Put behind a date that has no time of day. */
  readonly timeOfDay?: string
}

export const PLAIN_AMOUNTS: AmountStyle = { decimal: '.', thousands: '' }
