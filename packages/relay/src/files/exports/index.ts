import { ADVERTISING } from './advertising.ts'
import type { KnownExport } from './known-export.ts'
import { PAYMENTS } from './payments.ts'
import { SALES } from './sales.ts'
import { SHOPS } from './shops.ts'

export type { KnownExport } from './known-export.ts'

/** The most particular first: the first whose columns are all there is the one. */
export const KNOWN_EXPORTS: readonly KnownExport[] = [...SHOPS, ...PAYMENTS, ...SALES, ...ADVERTISING]

/** The known export that a file is by its header, or by the paths of its leaves; `undefined` for any other file. */
export function knownExport(columns: readonly string[]): KnownExport | undefined {
  const present = new Set(columns.map((column) => column.trim().toLowerCase()))
  const isThere = (column: string): boolean => present.has(column.toLowerCase())
  return KNOWN_EXPORTS.find(({ columns: wanted, without = [] }) => wanted.every(isThere) && !without.some(isThere))
}
