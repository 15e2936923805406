/** Writes and reads CSV. What a spreadsheet would take for a formula is written as text. */

type Cell = string | number | boolean | null | undefined

export function csvOf(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

function cell(value: Cell): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Rows of cells. The delimiter is the one that the first line has most of. */
export function readCsv(text: string): string[][] {
  const body = text.replace(/^\uFEFF/, '')
  const delimiter = delimiterOf(body)
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < body.length) {
    const [value, next] = body[at] === '"' ? quoted(body, at) : plain(body, at, delimiter)
    row.push(value)
    at = next
    if (body[at] === delimiter) {
      at += 1
      if (at === body.length) row.push('')
      continue
    }
    rows.push(row)
    row = []
    at += body.startsWith('\r\n', at) ? 2 : 1
  }
  if (row.length > 0) rows.push(row)
  return rows.filter((cells) => cells.some((one) => one.trim() !== ''))
}

function delimiterOf(text: string): string {
  const line = text.slice(0, Math.max(text.search(/[\r\n]/), 0) || text.length)
  const counts = [',', ';', '\t'].map((one) => [one, line.split(one).length] as const)
  return counts.sort((left, right) => right[1] - left[1])[0]![0]
}

function plain(text: string, from: number, delimiter: string): [string, number] {
  let at = from
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1
  return [text.slice(from, at).trim(), at]
}

function quoted(text: string, from: number): [string, number] {
  let value = ''
  let at = from + 1
  while (at < text.length) {
    const end = text.indexOf('"', at)
    if (end < 0) return [value + text.slice(at), text.length]
    value += text.slice(at, end)
    if (text[end + 1] !== '"') return [value, end + 1]
    value += '"'
    at = end + 2
  }
  return [value, at]
}
