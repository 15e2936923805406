import type { AmountStyle, TimeStyle } from 'waybill/sources'

/** How the texts of one column are read. */
export interface CellRules {
  readonly amount: AmountStyle
  readonly amountUnit?: 'minor' | 'major'
  readonly time: TimeStyle
}

export const PLAIN_AMOUNTS: AmountStyle = { decimal: '.', thousands: '' }
