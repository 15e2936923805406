import { setImmediate as nextTurn } from 'node:timers/promises'
import { PrivateFile } from '../files/private-file.ts'
import { differenceOf } from './difference.ts'
import { isPairClass, type RowClass } from './row-class.ts'
import type { RowOutcomes } from './row-outcomes.ts'
import { shownRow } from './shown.ts'
import type { SightingStore, StoredRow } from './sighting-store.ts'

/** Rows between two looks at the signal. */
const ROWS_A_TURN = 20_000

/**
 * Writes every row once, with its class, as NDJSON that only this user can read: a pair in one line, in the order of the pixel's
 * rows. Throws `FileError` where the file cannot be written. Gives false when the signal ended it.
 */
export async function writeDetails(
  path: string,
  store: SightingStore,
  rowOutcomes: RowOutcomes,
  signal: AbortSignal,
): Promise<boolean> {
  const file = new PrivateFile(path)
  try {
    for (const row of store.rows()) {
      if (row.row % ROWS_A_TURN === 0) await nextTurn()
      if (signal.aborted) return false
      const detail = detailOf(row, rowOutcomes.classOf(row.row)!, rowOutcomes.otherOf(row.row), store)
      if (detail !== undefined) file.write(`${JSON.stringify(detail)}\n`)
    }
    return true
  } finally {
    file.close()
  }
}

/** `undefined` for the server's half of a pair, which stands with the pixel's. */
function detailOf(row: StoredRow, rowClass: RowClass, otherRow: number, store: SightingStore): object | undefined {
  const isPair = isPairClass(rowClass)
  if (isPair && row.side === 'server') return undefined
  const own = { class: rowClass, [row.side]: shownRow(row) }
  if (row.reason !== '') return { ...own, reason: row.reason }
  if (otherRow === 0) return own
  const other = store.read(otherRow)
  if (!isPair) return { ...own, other: shownRow(other) }
  return { ...own, server: shownRow(other), ...differenceOf(rowClass, row, other) }
}
