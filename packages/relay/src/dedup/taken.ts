import type { ColumnPlan } from '../files/index.ts'

/** Where each part of the key came from, for a person: `"Order ID"`, or `always "order_created"`. */
export interface ColumnsTaken {
  readonly parts: readonly { readonly part: string; readonly from: string }[]
  /** Parts of the key that nothing gives. */
  readonly missing: readonly string[]
}

/** Fields of the plan, by the part of a comparison that they fill. */
const PARTS: readonly (readonly [part: string, fields: readonly string[]])[] = [
  ['id', ['id']],
  ['name', ['type', 'custom_event_name']],
  ['time', ['timestamp']],
  ['amount', ['amount', 'data.amount']],
  ['currency', ['currency']],
]
const NEEDED: ReadonlySet<string> = new Set(['id', 'name', 'time'])

export function columnsTaken(
  { used, constants }: Pick<ColumnPlan, 'used' | 'constants'>,
  pixelColumn: string | undefined,
): ColumnsTaken {
  const found = PARTS.map(([part, fields]) => {
    const columns = used.filter(({ field }) => fields.includes(field)).map(({ column }) => `"${column}"`)
    const fixed = constants.filter(({ field }) => fields.includes(field)).map(({ value }) => `always "${value}"`)
    return { part, from: [...columns, ...fixed].join(' and ') }
  })
  const pixel = pixelColumn === undefined ? [] : [{ part: 'Pixel ID', from: `"${pixelColumn}"` }]
  return {
    parts: [...found.filter(({ from }) => from !== ''), ...pixel],
    missing: found.filter(({ part, from }) => from === '' && NEEDED.has(part)).map(({ part }) => part),
  }
}
