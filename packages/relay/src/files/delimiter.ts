/** What may stand between the cells of a table, the likeliest first. */
export const DELIMITERS: readonly string[] = [',', ';', '\t', '|']

/** Lines that are looked at: enough that a title above the table does not decide. */
const LINES = 30

/**
 * The delimiter that the first line declares (`sep=;`), else the one that stands equally often in the most lines, outside quotation
 * marks; among such the one that stands most often in the first. A comma where none occurs.
 */
export function detectDelimiter(head: string): string {
  const text = head.replace(/^\ufeff/, '')
  const declared = /^sep=([,;\t|])\r?\n/i.exec(text)?.[1]
  if (declared !== undefined) return declared
  const lines = unquotedLines(text)
  const scores = DELIMITERS.map((delimiter) => ({ delimiter, ...regularity(lines, delimiter) }))
  const [best] = scores.sort((a, b) => b.lines - a.lines || b.first - a.first || b.count - a.count)
  return best!.lines === 0 ? ',' : best!.delimiter
}

interface Regularity {
  readonly lines: number
  readonly count: number
  /** In the first line. */
  readonly first: number
}

/** How often a delimiter stands in a line, in most lines, and in how many. */
function regularity(lines: readonly string[], delimiter: string): Regularity {
  const times = new Map<number, number>()
  for (const line of lines) {
    const count = line.split(delimiter).length - 1
    if (count > 0) times.set(count, (times.get(count) ?? 0) + 1)
  }
  const [most] = [...times].sort(([a, left], [b, right]) => right - left || b - a)
  const first = (lines[0] ?? '').split(delimiter).length - 1
  return { lines: most?.[1] ?? 0, count: most?.[0] ?? 0, first }
}

/** Whether a record is no header but what spreadsheets write, and read, above it: the delimiter, which it was taken apart by. */
export function isDeclaration(cells: readonly string[], delimiter: string): boolean {
  return cells.length === 2 && cells.join(delimiter).toLowerCase() === `sep=${delimiter}`
}

/** Whole lines without what stands in quotation marks. */
function unquotedLines(text: string): string[] {
  const lines = text.replace(/"(?:[^"]|"")*"/g, '').split(/[\r\n]+/)
  // The last line may be cut off.
  const whole = lines.length > 2 ? lines.slice(0, -1) : lines
  return whole.filter((line) => line !== '').slice(0, LINES)
}
