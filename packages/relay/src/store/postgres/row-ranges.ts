/** Row numbers as the database keeps them together: `{[1,4),[9,10)}`, an `int8multirange`. */
export function toRanges(rows: Iterable<number>): string {
  const parts: string[] = []
  let from = Number.NaN
  let until = Number.NaN
  for (const row of [...rows].sort((a, b) => a - b)) {
    if (row === until - 1) continue
    if (row !== until) {
      if (!Number.isNaN(from)) parts.push(`[${from},${until})`)
      from = row
    }
    until = row + 1
  }
  if (!Number.isNaN(from)) parts.push(`[${from},${until})`)
  return `{${parts.join(',')}}`
}

/** Rising. */
export function fromRanges(text: string): number[] {
  const rows: number[] = []
  for (const [, from, until] of text.matchAll(/\[(\d+),(\d+)\)/g))
    for (let row = Number(from); row < Number(until); row++) rows.push(row)
  return rows
}
