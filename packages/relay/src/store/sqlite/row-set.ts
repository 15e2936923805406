/** Row numbers as the gaps between them, 7 bits a byte: a batch of neighbours costs one byte for each row. */
export function encodeRows(rising: readonly number[]): Uint8Array {
  const bytes: number[] = []
  let before = 0
  for (const row of rising) {
    let gap = row - before
    // Division, not shifts: the first gap is a whole row number, which can have more than 32 bits.
    for (; gap > 127; gap = Math.floor(gap / 128)) bytes.push((gap % 128) | 128)
    bytes.push(gap)
    before = row
  }
  return Uint8Array.from(bytes)
}

/** The rows that `encodeRows` packed, rising. */
export function decodeRows(packed: Uint8Array): number[] {
  const rows: number[] = []
  let row = 0
  let gap = 0
  let scale = 1
  for (const byte of packed) {
    gap += (byte & 127) * scale
    scale *= 128
    if (byte > 127) continue
    row += gap
    rows.push(row)
    gap = 0
    scale = 1
  }
  return rows
}

/** Whether the rows that `encodeRows` packed contain this one. */
export function hasRow(packed: Uint8Array, wanted: number): boolean {
  let row = 0
  let gap = 0
  let scale = 1
  for (const byte of packed) {
    gap += (byte & 127) * scale
    scale *= 128
    if (byte > 127) continue
    row += gap
    if (row >= wanted) return row === wanted
    gap = 0
    scale = 1
  }
  return false
}

/** The same numbers in rising order, each once. */
export function rising(rows: readonly number[]): readonly number[] {
  if (rows.every((row, at) => at === 0 || row > rows[at - 1]!)) return rows
  // Numbers in a typed list are sorted without a call for each pair.
  const sorted = Float64Array.from(rows).sort()
  return Array.from(sorted).filter((row, at) => at === 0 || row !== sorted[at - 1])
}

/** Calls back for each run of neighbours, so that one statement can change a whole run. */
export function eachRun(rows: readonly number[], visit: (first: number, last: number) => void): void {
  let first = rows[0]
  if (first === undefined) return
  let last = first
  for (const row of rows) {
    if (row > last + 1) {
      visit(first, last)
      first = row
    }
    last = row
  }
  visit(first, last)
}
