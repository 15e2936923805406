/** Where the header of a table stands, and what the lines above it say. */
export interface TableHead {
  /** Place of the header among the records. */
  readonly at: number
  /** The zone that a line above names, as written. */
  readonly timeZone?: string
}

/** Lines that are looked through for a header. */
const MAX_LINES_ABOVE = 30
/** Of the cells of a header, so many are names and not numbers, dates or addresses. */
const SHARE_OF_NAMES = 0.8
const MAX_NAME_CHARACTERS = 120
const PARAMETERS = /^parameters\s*:/i
const ZONE = /time\s*zone\s*=\s*([^;,]+)/i

type Cells = readonly string[]

/**
 * Finds the header among the first records: not remarks (`# …`), parameters (`Parameters:TimeZone=…`), a title, or what a report says of
 * itself in a cell or two. Where nothing below looks like a header, it is the first line that is neither remark nor parameter.
 */
export function findHeader(records: readonly Cells[]): TableHead {
  const said = records.findIndex((cells) => !isRemark(cells))
  const first = Math.max(said, 0)
  const width = usualWidth(records.slice(first))
  let at = first
  while (at < Math.min(records.length, MAX_LINES_ABOVE) && isAbove(records[at]!, width)) at += 1
  const header = records[at]
  const found = header !== undefined && isHeader(header) ? at : first
  const timeZone = zoneAmong(records.slice(0, found))
  return timeZone === undefined ? { at: found } : { at: found, timeZone }
}

/** Whether the first record alone is enough to say that it is the header. */
export function isPlainHeader(cells: Cells): boolean {
  return filled(cells) > 2 && isHeader(cells)
}

function isAbove(cells: Cells, width: number): boolean {
  const count = filled(cells)
  return isRemark(cells) || count === 0 || (count === 1 && width > 1) || (count === 2 && width > 2)
}

function isRemark(cells: Cells): boolean {
  const first = cells[0]?.trim() ?? ''
  if (PARAMETERS.test(first)) return true
  return first.startsWith('#') && first.length > 1 && filled(cells) === 1
}

function zoneAmong(records: readonly Cells[]): string | undefined {
  for (const cells of records) {
    const line = cells.filter((cell) => cell.trim() !== '').join(';')
    const zone = PARAMETERS.test(line) ? ZONE.exec(line)?.[1]?.trim() : undefined
    if (zone !== undefined) return zone
  }
  return undefined
}

/** The number of cells that most records have, empty ones at their end not counted, and neither lines with a title alone. */
function usualWidth(records: readonly Cells[]): number {
  const times = new Map<number, number>()
  const rows = records.filter((cells) => filled(cells) > 1)
  for (const cells of rows.length > 0 ? rows : records) {
    const count = widthOf(cells)
    times.set(count, (times.get(count) ?? 0) + 1)
  }
  return [...times].sort(([a, left], [b, right]) => right - left || b - a)[0]?.[0] ?? 0
}

/** Cells without the empty ones at the end. */
export function widthOf(cells: Cells): number {
  let width = cells.length
  while (width > 0 && cells[width - 1]!.trim() === '') width -= 1
  return width
}

function filled(cells: Cells): number {
  return cells.filter((cell) => cell.trim() !== '').length
}

function isHeader(cells: Cells): boolean {
  const names = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
  if (names.some((name) => name.includes('@'))) return false
  return names.filter(isName).length >= names.length * SHARE_OF_NAMES
}

/** Whether a cell may be the name of a column. */
export function isName(cell: string): boolean {
  return /\p{L}/u.test(cell) && cell.length <= MAX_NAME_CHARACTERS && !/^\d{4}-\d\d-\d\d/.test(cell)
}
